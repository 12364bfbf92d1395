# VRFs: two tenants with the same addresses, leaking by routes and rules, ip vrf exec, local traffic, l3mdev_accept
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600 net.ipv4.icmp_ratelimit=0
for n in pe a1 b1 a2 b2 srv; do ip netns add $n; ip -n $n link set lo up; done
ip netns exec pe sysctl -qw net.ipv4.ip_forward=1
ip -n pe link add red type vrf table 10
ip -n pe link add blue type vrf table 20
ip -n pe link set red address 02:00:00:00:0f:01 up
ip -n pe link set blue address 02:00:00:00:0f:02 up
k=0
conn() { k=$((k+1)); ip -n pe link add $1 address 02:00:00:00:01:0$k type veth peer name eth0 netns $1 address 02:00:00:00:02:0$k; [ -n "$4" ] && ip -n pe link set $1 master $4; ip -n pe link set $1 up; ip -n $1 link set eth0 up; ip -n pe addr add $2 dev $1; ip -n $1 addr add $3 dev eth0; ip -n $1 route add default via ${2%/*}; }
conn a1 10.0.1.1/24 10.0.1.2/24 red
conn b1 10.0.1.1/24 10.0.1.2/24 blue
conn a2 10.0.2.1/24 10.0.2.2/24 red
conn b2 10.0.2.1/24 10.0.2.2/24 blue
conn srv 10.9.0.1/24 10.9.0.2/24 ""
for n in a1 b2 srv; do ip netns exec $n tcpdump -U -i eth0 -w $n.pcap 2>/dev/null & done
ip netns exec pe tcpdump -U -i red -w red.pcap 2>/dev/null &
sleep 2.5
ip -n pe vrf show
ip -n pe -br link show master red | awk '{print $1}' | sed 's/@.*//'
ip -n pe route show vrf red; ip -n pe route show table 20; ip -n pe route; ip -n pe rule
ip netns exec a1 ping -c 1 10.0.2.2
ip netns exec b1 ping -c 1 10.0.2.2
ip netns exec a1 ping -c 1 10.0.2.1
ip netns exec a1 ping -c 1 -W 1 10.9.0.2
ip netns exec pe ping -c 1 -W 1 10.0.1.2
ip netns exec pe ping -c 1 -W 1 -I red 10.0.1.2
ip netns exec pe ip vrf exec blue ping -c 1 -W 1 10.0.2.2
ip netns exec pe ping -c 1 -W 1 -I red 10.0.2.1
ip netns exec pe ping -c 1 -W 1 -I a1 10.0.1.2
ip -n pe route get 10.0.2.2 vrf red; ip -n pe route get 10.0.2.2; ip -n pe route get 10.0.2.2 oif red; ip -n pe route get vrf blue 10.0.1.1; ip -n pe route get 10.0.2.2 from 10.0.1.2 iif a1; ip -n pe route get fibmatch 10.0.2.2 vrf red
echo "== unreachable default"
ip -n pe route add vrf red unreachable default metric 4278198272
ip -n pe route show vrf red
ip netns exec a1 ping -c 1 -W 1 10.9.0.2
ip netns exec pe ping -c 1 -W 1 -I red 10.9.0.2
echo "== leak to the default table and back"
ip -n pe route add vrf red 10.9.0.0/24 dev srv
ip -n pe route add 10.0.1.0/24 dev red
ip netns exec a1 ping -c 1 -W 1 10.9.0.2
ip netns exec srv ping -c 1 -W 1 10.0.1.2
ip -n pe route show vrf red; ip -n pe route
ip netns exec a1 ping -c 1 -W 1 10.9.0.1
ip netns exec pe sysctl -w net.ipv4.raw_l3mdev_accept net.ipv4.udp_l3mdev_accept net.ipv4.tcp_l3mdev_accept
echo "== between tenants by a veth pair"
ip -n pe link add x1 address 02:00:00:00:03:01 type veth peer name x2 address 02:00:00:00:03:02
ip -n pe link set x1 vrf red; ip -n pe link set x2 vrf blue
ip -n pe link set x1 up; ip -n pe link set x2 up
ip -n pe addr add 169.254.9.1/30 dev x1; ip -n pe addr add 169.254.9.2/30 dev x2
ip -n pe addr add 10.8.0.1/32 dev blue
ip -n pe route add vrf red 10.8.0.0/24 via 169.254.9.2
ip netns exec a1 ping -c 1 -W 1 10.8.0.1
ip -n pe route add vrf blue 10.7.0.0/24 via 169.254.9.1
ip netns exec a1 traceroute -n -q 1 -w 1 -m 3 10.8.0.1 | sed 's/ [0-9.]* ms/ T ms/'
echo "== out and in again"
ip -n pe link set a1 nomaster
ip -n pe route show vrf red; ip -n pe route; ip -n pe addr show a1 | grep inet
ip netns exec a1 ping -c 1 -W 1 10.9.0.2
ip -n pe link set a1 master red
ip -n pe route show vrf red
ip -n pe link set red down
ip -n pe route show vrf red; ip -n pe route get 10.0.2.2 vrf red
ip netns exec a1 ping -c 1 -W 1 10.0.2.2
ip -n pe link set red up
ip -n pe route show table 10
ip -n pe link del red
ip -n pe rule; ip -n pe route show table 10; ip -n pe route
ip -n pe link add red type vrf table 20
ip -n pe link add green type vrf table 0
ip -n pe link add green type vrf
ip -n pe link add green type vrf table 30
ip -n pe link set green master blue
ip -n pe vrf show
ip -n pe vrf show nosuch
ip -n pe -d link show green | grep -o 'vrf table.*' | cut -d' ' -f1-3
ip netns exec pe ip vrf exec nosuch true
ip netns exec pe ip vrf exec green ip vrf identify
ip netns exec pe ip vrf pids green
sleep 1.5
kill $(jobs -p)
wait
