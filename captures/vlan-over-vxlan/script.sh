# congestion bits and VLAN numbers behind VXLAN; two tags
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600
for n in a b; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600; done
ip -n a link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 netns b address 02:00:00:00:00:02
for n in a b; do ip -n $n link set eth0 up; done
ip -n a addr add 192.0.2.1/24 dev eth0; ip -n b addr add 192.0.2.2/24 dev eth0
k=0; for n in a b; do k=$((k+1))
ip -n $n link add vx address 02:00:00:00:01:0$k type vxlan id 5 local 192.0.2.$k remote 192.0.2.$((3-k)) dstport 4789 tos inherit ttl inherit
ip -n $n link set vx up
for v in 4 5 6 7; do ip -n $n link add link vx name vx.$v type vlan id $v; ip -n $n link set vx.$v up; ip -n $n addr add 10.$v.0.$k/24 dev vx.$v; done
ip -n $n link add link vx.4 name q type vlan id 9; ip -n $n link set q up; ip -n $n addr add 10.9.0.$k/24 dev q
done
for n in a b; do ip netns exec $n tcpdump -U -i eth0 -w $n.pcap 2>/dev/null & ip netns exec $n tcpdump -U -i vx -w $n-vx.pcap 2>/dev/null & done
sleep 2.5
for v in 4 5 6 7 9; do for q in 0 1 2 3 0x48; do ip netns exec a ping -c 1 -W 1 -Q $q 10.$v.0.2 | grep -E 'PING|ttl'; done; done
ip netns exec a ping -c 1 -W 1 -s 1372 -M do 10.4.0.2
ip netns exec a ping -c 1 -W 1 -s 1472 -M do 10.4.0.2
ip netns exec a ping -c 1 -W 1 -s 1419 -M do 10.4.0.2
ip netns exec a ping -c 1 -W 1 -s 1422 -M do 10.4.0.2
ip netns exec a ping -c 1 -W 1 -s 1422 -M do 10.4.0.2
ip -n a route get 10.4.0.2
ip netns exec a ping -c 1 -W 1 -s 1423 -M do 10.9.0.2
ip netns exec a ping -c 1 -W 1 -s 1423 -M do 10.9.0.2
ip -n a route get 10.9.0.2
sleep 1.5
kill $(jobs -p)
wait
for n in a b; do ip -n $n -s link show vx | tail -4; done
