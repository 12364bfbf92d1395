# What a router keeps of the paths that it learnt, and what comes between the pieces of a long packet.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
for name in a r b; do
  ip netns add $name
  ip -n $name link set lo up
  ip netns exec $name sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratemask=0
done
ip link add eth0 netns a address 02:00:00:00:01:01 type veth peer name eth0 netns r address 02:00:00:00:01:02
ip link add eth1 netns r address 02:00:00:00:02:01 type veth peer name eth0 netns b address 02:00:00:00:02:02
ip -n a address add 10.1.0.1/24 dev eth0
ip -n r address add 10.1.0.2/24 dev eth0
ip -n r address add 10.2.0.1/24 dev eth1
ip -n b address add 10.2.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n r link set eth1 up
ip -n b link set eth0 up
ip -n a route add default via 10.1.0.2
ip -n b route add 10.1.0.0/24 via 10.2.0.1
ip -n r tunnel add t1 mode ipip local 10.2.0.1 remote 10.2.0.2
ip -n b tunnel add t1 mode ipip local 10.2.0.2 remote 10.2.0.1
for name in r b; do
  ip -n $name link set t1 up
  ip -n $name route add 10.3.0.0/24 dev t1
done
ip netns exec a tcpdump -U -i eth0 -w a.pcap 2>/dev/null &
ip netns exec b tcpdump -U -i t1 -w b-t1.pcap 2>/dev/null &
sleep 2.5
cache() { ip -n r -o route show cache | sed 's/expires [0-9]*sec/expires/' | sort; }

echo "== the router refuses the first piece before the second one leaves"
ip netns exec a ping -c 1 -W 1 -t 1 -s 4000 10.2.0.2

echo "== pieces that a tunnel brings and takes back: both in, then both out"
ip -n r link set t1 mtu 600
ip -n b link set t1 mtu 600
ip netns exec a ping -c 1 -W 1 -t 6 -s 700 -M dont 10.3.0.9
ip -n r link set t1 mtu 1480

echo "== learnt by the tunnel, but no route was asked for since"
ip -n b route del 10.3.0.0/24
ip -n b route add blackhole 10.3.0.0/24
ip netns exec a ping -c 1 -W 0.5 10.3.0.1
cache
echo "== kept for the next packet"
ip netns exec a ping -c 1 -W 0.5 10.3.0.1
cache
echo "== a source that cannot be believed gets no route"
ip netns exec a ping -c 1 -W 0.5 10.3.0.2
ip -n a address add 10.2.0.1/32 dev lo
ip netns exec a ping -c 1 -W 0.5 -I 10.2.0.1 10.3.0.2
cache
echo "== an error about another packet looks the way up"
ip netns exec a ping -c 1 -W 0.5 -s 1472 -M do 10.3.0.2
cache
echo "== a route keeps what it was made with when the device changes"
ip -n r link set t1 mtu 1000
cache
ip -n r route get 10.3.0.1 | sed 's/expires [0-9]*sec/expires/'
cache
echo "== after a flush the first route begins anew"
ip -n r route flush cache
cache
ip -n r route get 10.3.0.1
cache
ip netns exec r ping -c 1 -W 0.5 10.3.0.1
cache
sleep 1.5
kill $(jobs -p)
wait
