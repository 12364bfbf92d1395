# traceroute through three routers, with each kind of probe, and to where nobody answers.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
for n in 0 1 2 3 4; do
  ip netns add n$n
  ip -n n$n link set lo up
  ip netns exec n$n sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0
done
for n in 0 1 2 3; do
  next=$((n + 1))
  ip link add right netns n$n address 02:00:00:00:0$n:01 type veth peer name left address 02:00:00:00:0$n:02 netns n$next
  ip -n n$n address add 10.0.$n.1/24 dev right
  ip -n n$next address add 10.0.$n.2/24 dev left
  ip -n n$n link set right up
  ip -n n$next link set left up
  ip -n n$n route add default via 10.0.$n.2
done
ip -n n1 route add 10.0.0.0/24 dev left 2>/dev/null
ip -n n2 route add 10.0.0.0/24 via 10.0.1.1
ip -n n3 route add 10.0.0.0/16 via 10.0.2.1
ip -n n4 route add 10.0.0.0/16 via 10.0.3.1
ip -n n3 route add unreachable 10.99.1.0/24
ip -n n3 route add prohibit 10.99.2.0/24
ip -n n3 route add blackhole 10.99.3.0/24
ip netns exec n0 tcpdump -U -i right -w n0.pcap 2>/dev/null &
ip netns exec n4 tcpdump -U -i left -w n4.pcap 2>/dev/null &
sleep 1.5
trace() {
  echo "\$ traceroute $*"
  ip netns exec n0 traceroute "$@"
  echo "exit $?"
}
ip netns exec n0 ping -c 1 10.0.3.2
trace -n 10.0.3.2
trace -n -q 1 10.0.3.2
trace -n -I -q 1 10.0.3.2
trace -n -q 1 -N 1 -f 2 -m 3 10.0.3.2
trace -n -q 1 -p 40000 10.0.3.2
trace -n -q 1 10.0.3.2 1400
trace -n -q 1 10.0.0.2
trace -n -q 1 -N 1 -w 0.3 -m 5 10.99.1.1
trace -n -q 1 -N 1 -w 0.3 -m 5 10.99.2.1
trace -n -q 1 -N 1 -w 0.3 -m 5 10.99.3.1
ip -n n2 link set right mtu 1000
trace -n -q 1 -F 10.0.3.2 1400
trace -n -q 1 --mtu 10.0.3.2
trace -n nosuchhost
sleep 1.5
kill $(jobs -p)
wait
