#!/bin/bash
# Two customers with the same addresses behind one router: forwarding, errors, local delivery and taps in VRFs.
names="a1 a2 b1 b2 r"
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600
sysctl -qw net.ipv4.route.error_cost=0
for n in $names; do ip netns add $n; ip -n $n link set lo up; done
i=1
for n in a1 a2 b1 b2; do
  ip link add eth0 netns $n address 02:00:00:00:0$i:01 type veth peer name $n netns r address 02:00:00:00:0$i:02
  ip -n $n link set eth0 up
  ip -n r link set $n up
  i=$((i + 1))
done
for n in $names; do ip netns exec $n sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.conf.all.rp_filter=0; done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r link add red address 02:00:00:00:aa:01 type vrf table 10
ip -n r link add blue address 02:00:00:00:aa:02 type vrf table 20
ip -n r link set red up
ip -n r link set blue up
ip -n r link set a1 master red
ip -n r link set a2 master red
ip -n r link set b1 master blue
ip -n r link set b2 master blue
for n in a b; do
  ip -n ${n}1 addr add 10.0.1.1/24 dev eth0
  ip -n ${n}2 addr add 10.0.2.1/24 dev eth0
  ip -n r addr add 10.0.1.254/24 dev ${n}1
  ip -n r addr add 10.0.2.254/24 dev ${n}2
  ip -n ${n}1 route add default via 10.0.1.254
  ip -n ${n}2 route add default via 10.0.2.254
done
ip -n r route add vrf red unreachable default metric 4278198272
ip -n r route add vrf blue blackhole default
ip -n r addr add 10.100.0.1/32 dev red
ip -n r addr add 10.100.0.2/32 dev blue
ip -n r addr add 10.200.0.1/32 dev lo
sleep 2
ip -n r route
ip -n r route show vrf red
ip -n r route show vrf blue
for d in a1 a2 b1 red blue lo; do
  ip netns exec r tcpdump -Uni $d -w r-$d.pcap 2>/dev/null &
done
ip netns exec r tcpdump -Uni any -c 60 -w r-any.pcap 2>/dev/null &
ip netns exec b2 tcpdump -Uni eth0 -w b2.pcap 2>/dev/null &
sleep 2
p() { n=$1; shift; ip netns exec $n ping -n -c 1 -W 1 "$@"; sleep 0.1; }
echo "# through"
p a1 10.0.2.1
p b1 10.0.2.1
echo "# to the router"
p a1 10.0.1.254
p a1 10.0.2.254
p a1 10.100.0.1
p a1 10.100.0.2
p a1 10.200.0.1
echo "# errors"
p a1 172.16.0.1
p b1 172.16.0.1
p a1 -t 1 10.0.2.1
p b1 -t 1 10.0.2.1
ip -n r link set a2 mtu 1400
p a1 -M do -s 1450 10.0.2.1
p a1 -s 1450 10.0.2.1
ip -n r link set a2 mtu 1500
echo "# from the router"
p r 10.0.1.1
p r -I red 10.0.1.1
p r -I blue 10.0.1.1
p r -I a1 10.0.1.1
p r -I a2 10.0.2.1
p r -I 10.0.1.254 10.0.1.1
p r -I red 10.0.1.254
p r -I red 10.100.0.1
p r -I blue 10.100.0.1
p r -I red -I 10.100.0.1 10.0.2.1
p r -I red 172.16.0.1
p r -I blue 172.16.0.1
p r -I red 127.0.0.1
p r -I a1 10.0.1.254
p r -I red -s 3000 10.0.2.1
p r -I red -b 10.0.1.255
p r -I red -s 3000 10.0.1.254
ip netns exec r traceroute -n -N 1 -w 1 -q 1 -i red 10.0.2.1
ip netns exec a1 traceroute -n -N 1 -w 1 -q 1 10.0.2.1
ip netns exec a1 traceroute -n -N 1 -w 1 -q 1 10.0.1.254
echo "# leaking"
ip netns exec r tcpdump -Uni any -c 30 -w r-leak.pcap 2>/dev/null &
sleep 1
ip -n r route add vrf red 10.50.0.0/24 dev blue
ip -n r route add vrf red 10.60.0.0/24 via 10.0.2.1 dev b2
ip -n b2 addr add 10.50.0.1/32 dev lo
ip -n b2 addr add 10.60.0.1/32 dev lo
ip -n r route add vrf blue 10.50.0.0/24 via 10.0.2.1
ip -n r route show vrf red
ip -n r route get 10.50.0.1 vrf red
ip -n r route get 10.60.0.1 vrf red
ip -n r route get 10.60.0.1 from 10.0.1.1 iif a1
ip -n r route get 10.50.0.1 from 10.0.1.1 iif a1
p a1 10.60.0.1
p a1 10.50.0.1
p r -I red 10.50.0.1
echo "# rp_filter"
ip netns exec r sysctl -qw net.ipv4.conf.a1.rp_filter=1
p a1 10.0.2.1
ip -n a1 addr add 10.0.2.77/32 dev lo
p a1 -I 10.0.2.77 10.0.2.1
ip -n a1 addr add 10.77.0.1/32 dev lo
p a1 -I 10.77.0.1 10.0.2.1
p a1 -I 10.77.0.1 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.conf.a1.rp_filter=0 net.ipv4.conf.red.rp_filter=1
p a1 -I 10.0.2.77 10.0.2.1
p a1 -I 10.77.0.1 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.conf.red.rp_filter=0
echo "# arp"
ip netns exec a1 arping -c 1 -w 1 -I eth0 10.0.2.254
ip netns exec a1 arping -c 1 -w 1 -I eth0 10.100.0.1
ip netns exec a1 arping -c 1 -w 1 -I eth0 10.100.0.2
ip netns exec r sysctl -qw net.ipv4.conf.a1.proxy_arp=1 net.ipv4.conf.a1.forwarding=1
ip -n r neigh show vrf red
echo "# the VRF goes down"
ip -n r link set red down
p a1 10.0.2.1
p a1 10.0.1.254
p r -I red 10.0.1.1
ip -n r link set red up
p a1 10.0.2.1
echo "# no rule"
ip -n r rule del l3mdev
p a1 10.0.2.1
p r -I red 10.0.1.1
ip -n r rule add l3mdev pref 2000
p a1 10.0.2.1
ip -n r -s link show red | grep -A1 -E 'RX|TX' | grep -v X | awk '{print $1, $2, $3, $4}'
ip -n r -s link show blue | grep -A1 -E 'RX|TX' | grep -v X | awk '{print $1, $2, $3, $4}'
sleep 2
kill %1 %2 %3 %4 %5 %6 %8; wait
for f in r-red r-blue r-any r-leak r-a1; do echo "# $f"; tcpdump -tnr $f.pcap; done
