# tracepath: the path MTU on the way, through narrow links and tunnels, and to where nobody answers.
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
ip -n n2 route add 10.0.0.0/24 via 10.0.1.1
ip -n n3 route add 10.0.0.0/16 via 10.0.2.1
ip -n n4 route add 10.0.0.0/16 via 10.0.3.1
for prohibited in 'unreachable 10.99.1.0/24' 'prohibit 10.99.2.0/24' 'blackhole 10.99.3.0/24'; do
  ip -n n2 route add $prohibited
done
ip -n n2 link set right mtu 1400
ip -n n3 link set left mtu 1400
ip -n n3 link set right mtu 1280
ip -n n4 link set left mtu 1280
# The probes hold the time when they were sent: they are printed, not kept.
ip netns exec n0 tcpdump -U -i right -w probes 2>/dev/null &
sleep 1.5
path() {
  echo "\$ tracepath $*"
  ip netns exec n0 tracepath "$@"
  echo "exit $?"
}
ip netns exec n0 ping -c 1 10.0.3.2
path -n 10.0.3.2
path -n 10.0.3.2
path 10.0.3.2
path -b -n 10.0.2.2
path -l 1300 -n 10.0.3.2
path -n -l 100 -p 50000 10.0.3.2
path -n -m 2 10.0.3.2
path -n 10.0.0.1
path -n 127.0.0.1
path -n 10.99.1.1
path -n 10.99.2.1
path -n -m 3 10.99.3.1
path -n -m 2 10.0.0.99
echo "== by routes that refuse, and none"
ip -n n0 route add unreachable 10.98.1.0/24
ip -n n0 route add prohibit 10.98.2.0/24
ip -n n0 route add blackhole 10.98.3.0/24
for to in 1 2 3; do path -n 10.98.$to.1; done
ip -n n1 route replace default via 10.0.1.9
path -n -m 2 10.50.0.1
ip -n n1 route del default
path -n -m 2 10.50.0.1
ip -n n1 route add default via 10.0.1.2
echo "== another way back, longer than the way there"
ip link add arc netns n1 address 02:00:00:00:05:01 type veth peer name arc address 02:00:00:00:05:02 netns n4
ip -n n1 address add 10.5.0.1/24 dev arc
ip -n n4 address add 10.5.0.2/24 dev arc
ip -n n1 link set arc up
ip -n n4 link set arc up
ip -n n4 address add 10.7.0.1/32 dev lo
ip -n n1 route add 10.7.0.0/24 via 10.5.0.2
path -n -m 3 10.7.0.1
ip -n n1 route del 10.7.0.0/24
echo "== through IPIP"
modprobe ipip
ip -n n0 tunnel add t0 mode ipip local 10.0.0.1 remote 10.0.3.2
ip -n n4 tunnel add t0 mode ipip local 10.0.3.2 remote 10.0.0.1
ip -n n0 address add 192.168.0.1 peer 192.168.0.2 dev t0
ip -n n4 address add 192.168.0.2 peer 192.168.0.1 dev t0
ip -n n0 link set t0 up
ip -n n4 link set t0 up
path -n -m 2 192.168.0.2
path -n -m 2 192.168.0.2
path
path -l 28 -n 10.0.3.2
path -l 29 -n -m 5 10.0.3.2
path -m 256 10.0.3.2
path -q
path nosuch.example
path -V
path -n -m 5 10.0.3.255
path -n 255.255.255.255
path -n -m 1 224.0.0.5
sleep 1.5
kill $(jobs -p)
wait
echo "== the packets"
tcpdump -n -t -v -r probes -c 60 udp or icmp 2>/dev/null
rm probes
