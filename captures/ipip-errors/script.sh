# What becomes of packets in an IPIP tunnel when the network under it refuses them.
#
#   pod1 192.168.1.2 ─ node1 10.0.1.2 ─ router (MTU 1400 to node2) ─ node2 10.0.2.2 ─ pod2 192.168.2.2
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
sysctl -qw net.ipv4.route.error_cost=0
for name in pod1 node1 router node2 pod2; do
  ip netns add $name
  ip -n $name link set lo up
  ip netns exec $name sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
done
# cable NAME1 DEVICE1 ADDRESS1 NAME2 DEVICE2 ADDRESS2 NUMBER
cable() {
  ip link add $2 netns $1 address 02:00:00:00:0$7:01 type veth peer name $5 address 02:00:00:00:0$7:02 netns $4
  ip -n $1 address add $3/24 dev $2
  ip -n $4 address add $6/24 dev $5
  ip -n $1 link set $2 up
  ip -n $4 link set $5 up
}
cable pod1 eth0 192.168.1.2 node1 pod 192.168.1.1 1
cable node1 eth0 10.0.1.2 router left 10.0.1.1 2
cable router right 10.0.2.1 node2 eth0 10.0.2.2 3
cable node2 pod 192.168.2.1 pod2 eth0 192.168.2.2 4
ip -n router link set right mtu 1400
ip -n node2 link set eth0 mtu 1400
ip -n pod1 route add default via 192.168.1.1
ip -n pod2 route add default via 192.168.2.1
ip -n node1 route add default via 10.0.1.1
ip -n node2 route add default via 10.0.2.1
ip -n node1 tunnel add t0 mode ipip local 10.0.1.2 remote 10.0.2.2
ip -n node2 tunnel add t0 mode ipip local 10.0.2.2 remote 10.0.1.2
ip -n node1 link set t0 up
ip -n node2 link set t0 up
ip -n node1 address add 192.168.1.1/32 dev t0
ip -n node2 address add 192.168.2.1/32 dev t0
ip -n node1 route add 192.168.2.0/24 dev t0
ip -n node2 route add 192.168.1.0/24 dev t0
ip -n node1 link show t0
ip -n node2 link show t0

ip netns exec pod1 tcpdump -U -i eth0 -w pod1.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i t0 -w node1-t0.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i eth0 -w node1-eth0.pcap 2>/dev/null &
ip netns exec node2 tcpdump -U -i eth0 -w node2-eth0.pcap 2>/dev/null &
sleep 2

# probe SIZE MODE
probe() {
  ip netns exec pod1 ping -c 1 -W 0.5 -s $1 -M $2 192.168.2.2
}
state() {
  ip -n pod1 route get 192.168.2.2
  ip -n node1 route get 192.168.2.2
  ip -n node1 route get 10.0.2.2
}
forget() {
  for name in pod1 node1 node2 pod2; do ip -n $name route flush cache; done
}
echo "== small ones pass"
probe 56 do
probe 1352 do
echo "== pmtudisc: the tunnel learns, then the pod"
probe 1372 do
state
probe 1372 do
state
probe 1372 do
probe 1372 dont
forget
echo "== a packet that may be fragmented, in a tunnel that may not"
probe 1372 dont
state
probe 1372 dont
probe 3000 dont
forget
echo "== nopmtudisc: DF goes by the inner packet alone"
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.2.2 nopmtudisc
ip -n node1 tunnel show t0
probe 1372 dont
probe 1372 do
probe 1372 do
state
forget
echo "== time to live"
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.2.2 ttl 1 pmtudisc
ip -n node1 tunnel show t0
probe 56 dont
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.2.2 ttl inherit
ip netns exec pod1 ping -c 1 -W 0.5 -t 2 192.168.2.2
ip netns exec pod1 ping -c 1 -W 0.5 -t 3 192.168.2.2
echo "== type of service"
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.2.2 tos 0x20
ip netns exec pod1 ping -c 1 -W 0.5 -Q 0xb9 192.168.2.2
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.2.2 tos inherit
ip netns exec pod1 ping -c 1 -W 0.5 -Q 0xb9 192.168.2.2
echo "== nobody takes protocol 4 on the other side"
ip -n node2 tunnel del t0
ip -n node2 link set tunl0 down
probe 56 dont
probe 56 dont
echo "== the underlay has no route, then refuses"
ip -n router route add unreachable 10.0.2.2
probe 56 dont
probe 56 dont
ip -n router route replace prohibit 10.0.2.2
probe 56 dont
ip -n node1 route add unreachable 10.0.2.2
probe 56 dont
ip -n node1 route replace blackhole 10.0.2.2
probe 56 dont
ip -n node1 route del 10.0.2.2
ip -n node1 route del default
probe 56 dont
echo "== the remote is a neighbour that is silent"
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 10.0.1.77
ip netns exec pod1 ping -c 1 -W 4 192.168.2.2
echo "== a route into itself"
ip -n node1 tunnel change t0 mode ipip local 10.0.1.2 remote 192.168.2.9
probe 56 dont
ip -n node1 -s link show t0
sleep 4.5
kill $(jobs -p)
wait
