# How many errors a router sends when it is not told to send them all: each kind has its own limit.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add a
ip netns add r
ip netns add b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 address 02:00:00:00:0e:01 netns r
ip link add eth0 netns b address 02:00:00:00:0b:01 type veth peer name eth1 address 02:00:00:00:0e:02 netns r
ip -n a address add 10.0.0.2/24 dev eth0
ip -n b address add 10.0.1.2/24 dev eth0
ip -n r address add 10.0.0.1/24 dev eth0
ip -n r address add 10.0.1.1/24 dev eth1
for name in a b; do ip -n $name link set eth0 up; done
ip -n r link set eth0 up
ip -n r link set eth1 mtu 1000 up
ip -n a route add default via 10.0.0.1
ip -n b route add default via 10.0.1.1
ip -n r route add unreachable 10.1.0.0/16
ip -n r route add prohibit 10.2.0.0/16
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl net.ipv4.icmp_ratelimit net.ipv4.icmp_ratemask
sysctl net.ipv4.icmp_msgs_per_sec net.ipv4.icmp_msgs_burst net.ipv4.route.error_cost net.ipv4.route.error_burst
ip netns exec a tcpdump -U -i eth0 -w a.pcap 2>/dev/null &
sleep 1.5

echo "== unreachable: two limits of one account, the route's and that of ICMP"
ip netns exec a ping -c 10 -i 0.05 -W 0.2 10.1.0.1
sleep 7
echo "== prohibited"
ip netns exec a ping -c 10 -i 0.05 -W 0.2 10.2.0.1
sleep 7
echo "== no route"
ip netns exec a ping -c 10 -i 0.05 -W 0.2 10.3.0.1
sleep 7
echo "== time exceeded"
ip netns exec a ping -c 10 -i 0.05 -W 0.2 -t 1 10.0.1.2
sleep 7
echo "== without the limit"
ip netns exec r sysctl -qw net.ipv4.icmp_ratelimit=0
ip netns exec a ping -c 10 -i 0.05 -W 0.2 -t 1 10.0.1.2
ip netns exec a ping -c 10 -i 0.05 -W 0.2 10.1.0.1
sysctl -qw net.ipv4.route.error_cost=0
ip netns exec a ping -c 10 -i 0.05 -W 0.2 10.1.0.1
sleep 1.5
kill $(jobs -p)
wait
