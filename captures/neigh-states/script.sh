# The life of a neighbour: incomplete, reachable, stale, delay, probe, failed, and by hand.
ip netns add a
ip netns add b
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip -n a address add 10.0.0.1/24 dev eth0
ip -n b address add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
# Reachable for 1.5 to 4.5 seconds, then stale: what follows waits for what is certain.
ip netns exec a sysctl -w net.ipv4.neigh.eth0.base_reachable_time_ms=3000
ip netns exec a sysctl -w net.ipv4.neigh.eth0.delay_first_probe_time=1
ip netns exec b sysctl -w net.ipv4.neigh.eth0.base_reachable_time_ms=3600000
ip netns exec b sysctl -w net.ipv4.neigh.eth0.delay_first_probe_time=3600
ip netns exec a tcpdump -U -i eth0 -w a.pcap 2>/dev/null &
sleep 1.5

echo "== incomplete, then failed"
ip netns exec a ping -c 1 -W 0.5 10.0.0.9
ip -n a neigh
sleep 3.5
ip -n a neigh
ip -n a neigh show nud failed

echo "== reachable, stale"
ip netns exec a ping -c 1 10.0.0.2
ip -n a neigh show to 10.0.0.2
sleep 5.5
ip -n a neigh show 10.0.0.2 dev eth0

echo "== delay, probe, reachable again"
ip netns exec a ping -c 1 10.0.0.2
ip -n a neigh show 10.0.0.2
sleep 1.7
ip -n a -s neigh show 10.0.0.2
sleep 5

echo "== delay, probe, failed"
ip -n b address del 10.0.0.2/24 dev eth0
ip netns exec a ping -c 1 -W 0.3 10.0.0.2
ip -n a neigh show 10.0.0.2
sleep 2
ip -n a neigh show 10.0.0.2
sleep 4
ip -n a neigh show 10.0.0.2
ip -n b address add 10.0.0.2/24 dev eth0
ip netns exec a ping -c 1 10.0.0.2

echo "== by hand"
ip -n a neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev eth0
ip -n a neigh add 10.0.0.5 lladdr 02:00:00:00:00:06 dev eth0
ip -n a neigh add 10.0.0.6 lladdr 02:00:00:00:00:06 dev eth0 nud reachable
ip -n a neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0 nud stale
ip -n a neigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev eth0 nud noarp
ip -n a neigh
ip -n a neigh show nud permanent
ip -n a neigh change 10.0.0.5 lladdr 02:00:00:00:00:55 dev eth0
ip -n a neigh replace 10.0.0.6 lladdr 02:00:00:00:00:66 dev eth0 nud permanent
ip -n a neigh change 10.0.0.44 lladdr 02:00:00:00:00:44 dev eth0
ip -n a neigh del 10.0.0.7 dev eth0
ip -n a neigh del 10.0.0.77 dev eth0
ip -n a neigh get 10.0.0.5 dev eth0
ip -n a neigh show nud permanent
ip -n a neigh add proxy 10.0.0.50 dev eth0
ip -n a neigh show proxy
ip -n a neigh flush dev eth0
ip -n a neigh
ip -n a link set eth0 down
ip -n a neigh show nud all
sleep 1.5
kill $(jobs -p)
wait
