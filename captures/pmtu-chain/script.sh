# Two routers with a small MTU between them: fragments, "fragmentation needed" and what is remembered.
#
#   left 10.0.1.2 ─ r1 ─ 10.0.2.0/24, MTU 1000 ─ r2 ─ 10.0.3.2 right
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
for name in left r1 r2 right; do
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
cable left eth0 10.0.1.2 r1 eth0 10.0.1.1 1
cable r1 eth1 10.0.2.1 r2 eth0 10.0.2.2 2
cable r2 eth1 10.0.3.1 right eth0 10.0.3.2 3
ip -n r1 link set eth1 mtu 1000
ip -n r2 link set eth0 mtu 1000
ip -n left route add default via 10.0.1.1
ip -n r1 route add 10.0.3.0/24 via 10.0.2.2
ip -n r2 route add 10.0.1.0/24 via 10.0.2.1
ip -n right route add default via 10.0.3.1

ip netns exec left tcpdump -U -i eth0 -w left.pcap 2>/dev/null &
ip netns exec r1 tcpdump -U -i eth1 -w middle.pcap 2>/dev/null &
ip netns exec right tcpdump -U -i eth0 -w right.pcap 2>/dev/null &
sleep 1.5

echo "== fragments on the way"
for size in 972 973 1472 1473 5000; do
  ip netns exec left ping -c 1 -W 1 -M dont -s $size 10.0.3.2
done

echo "== don't fragment"
ip netns exec left ping -c 1 -W 1 -M do -s 972 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M do -s 973 10.0.3.2
ip -n left route get 10.0.3.2
ip -n left route show cache
ip netns exec left ping -c 1 -W 1 -M do -s 973 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M want -s 1400 10.0.3.2
ip netns exec left ping -c 1 -W 1 -s 1400 10.0.3.2
ip -n right route get 10.0.1.2

echo "== forgotten"
ip -n left route flush cache
ip -n left route get 10.0.3.2
ip netns exec left ping -c 2 -i 0.2 -W 1 -M want -s 1400 10.0.3.2
ip -n left route get 10.0.3.2

echo "== an MTU of the route"
ip -n left route flush cache
ip -n left route change default via 10.0.1.1 mtu 800
ip -n left route
ip -n left route get 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M do -s 900 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M dont -s 900 10.0.3.2
ip -n left route change default via 10.0.1.1 mtu lock 1200
ip -n left route get 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M want -s 1100 10.0.3.2
ip -n left route get 10.0.3.2
ip -n left route change default via 10.0.1.1

echo "== a locked-out message: below the minimum"
ip -n r1 link set eth1 mtu 400
ip netns exec left ping -c 1 -W 1 -M do -s 500 10.0.3.2
ip -n left route get 10.0.3.2
ip netns exec left ping -c 1 -W 1 -M want -s 500 10.0.3.2

echo "== tracing the sizes from the other side"
ip netns exec right ping -c 1 -W 1 -M do -s 1400 10.0.1.2
ip -n right route get 10.0.1.2
ip netns exec right ping -c 1 -W 1 -M do -s 900 10.0.1.2
sleep 1.5
kill $(jobs -p)
wait
