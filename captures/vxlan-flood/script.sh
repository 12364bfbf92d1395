# Three VTEPs behind a router with a small MTU: flooding to a list of remotes, learning, stale entries.
#
#   a 10.0.1.2 ─┐
#   b 10.0.2.2 ─┼ router (c's link has an MTU of 1400)
#   c 10.0.3.2 ─┘
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add router
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0

# vtep NAME NUMBER
vtep() {
  ip netns add $1
  ip -n router link add to-$1 address 02:00:00:00:0$2:fe type veth peer name eth0 netns $1
  ip -n router address add 10.0.$2.1/24 dev to-$1
  ip -n router link set to-$1 up
  ip -n $1 link set lo up
  ip -n $1 link set eth0 address 02:00:00:00:0$2:01 up
  ip -n $1 address add 10.0.$2.2/24 dev eth0
  ip -n $1 route add default via 10.0.$2.1
  ip netns exec $1 sysctl -qw net.ipv4.icmp_ratelimit=0
  ip -n $1 link add vx type vxlan id 7 local 10.0.$2.2 dstport 4789
  ip -n $1 link set vx address 02:00:00:00:0$2:02 up
  ip -n $1 address add 192.168.7.$2/24 dev vx
}
vtep a 1
vtep b 2
vtep c 3
ip -n router link set to-c mtu 1400
ip -n c link set eth0 mtu 1400
bridge -n a fdb append 00:00:00:00:00:00 dev vx dst 10.0.2.2
bridge -n a fdb append 00:00:00:00:00:00 dev vx dst 10.0.3.2
bridge -n b fdb append 00:00:00:00:00:00 dev vx dst 10.0.1.2
bridge -n c fdb append 00:00:00:00:00:00 dev vx dst 10.0.1.2
bridge -n a fdb append 00:00:00:00:00:00 dev vx dst 10.0.3.2
bridge -n a fdb show dev vx

for name in a b c; do
  ip netns exec $name tcpdump -U -i eth0 -w $name-eth0.pcap 2>/dev/null &
  ip netns exec $name tcpdump -U -i vx -w $name-vx.pcap 2>/dev/null &
done
sleep 2

echo "== a asks all, b answers, both learn"
ip netns exec a ping -c 2 -i 0.2 192.168.7.2
bridge -n a fdb show dev vx
bridge -n b fdb show dev vx
bridge -n c fdb show dev vx

echo "== b has no remote for c: its question goes to a alone"
ip netns exec b ping -c 1 -W 0.3 192.168.7.3
sleep 3.5

echo "== without df the underlay fragments"
ip netns exec a ping -c 1 -W 1 -M do -s 1422 192.168.7.3
ip -n a route get 10.0.3.2

echo "== with df set the node hears of the MTU, its guests do not"
ip -n a link set vx type vxlan df set
ip -n a -d link show vx
ip netns exec a ping -c 1 -W 1 -M do -s 1422 192.168.7.3
ip -n a route get 10.0.3.2
ip netns exec a ping -c 1 -W 1 -M do -s 1422 192.168.7.3
ip netns exec a ping -c 1 -W 1 -M dont -s 1422 192.168.7.3
ip -n a route get 192.168.7.3

echo "== df inherit"
ip -n a route flush cache
ip -n a link set vx type vxlan df inherit
ip netns exec a ping -c 1 -W 1 -M do -s 1422 192.168.7.3
ip -n a route get 10.0.3.2
ip netns exec a ping -c 1 -W 1 -M dont -s 1422 192.168.7.3

echo "== a stale entry: the VTEP is nobody"
ip -n a link set vx type vxlan df unset
bridge -n a fdb replace 02:00:00:00:02:02 dev vx dst 10.0.2.77 self permanent
ip netns exec a ping -c 1 -W 0.5 192.168.7.2
bridge -n a fdb show dev vx
sleep 4
bridge -n a fdb del 02:00:00:00:02:02 dev vx
bridge -n a fdb del 02:00:00:00:02:02 dev vx

echo "== no remote at all"
bridge -n a fdb del 00:00:00:00:00:00 dev vx dst 10.0.2.2
bridge -n a fdb del 00:00:00:00:00:00 dev vx dst 10.0.3.2
ip -n a neigh flush dev vx
ip netns exec a ping -c 1 -W 0.3 192.168.7.9
bridge -n a fdb show dev vx
ip -n a -s link show vx
sleep 4.5
kill $(jobs -p)
wait
