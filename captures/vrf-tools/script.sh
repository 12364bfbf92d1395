#!/bin/bash
# VRFs as other tools see them: ethtool, ifconfig, route, nexthop objects, and sockets that are bound to nothing.
names="h r"
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600
for n in $names; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns h address 02:00:00:00:01:01 type veth peer name left netns r address 02:00:00:00:01:02
ip -n r link add red address 02:00:00:00:aa:01 type vrf table 10
ip -n r link add d0 address 02:00:00:00:02:01 type dummy
ip -n h link set eth0 up
for d in red left d0; do ip -n r link set $d up; done
ip -n r link set left vrf red
ip -n h addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.1.254/24 dev left
ip -n r addr add 10.0.2.254/24 dev d0
sleep 2
run="ip netns exec r"
$run ethtool -i red | head -2
$run ethtool red
$run ifconfig red | head -4
$run ifconfig left | head -1
$run route -n
$run route add -net 10.9.0.0 netmask 255.255.0.0 dev left
$run route add -net 10.8.0.0 netmask 255.255.0.0 gw 10.0.1.1 dev left
$run route add -net 10.7.0.0 netmask 255.255.0.0 gw 10.0.1.1
$run route -n
ip -n r route show vrf red
$run route del -net 10.9.0.0 netmask 255.255.0.0 dev left
$run route del -net 10.8.0.0 netmask 255.255.0.0
ip -n r route show vrf red
ip -n r nexthop add id 1 via 10.0.1.1 dev left
ip -n r nexthop add id 2 via 10.0.2.1 dev d0
ip -n r nexthop show
ip -n r nexthop show vrf red
ip -n r nexthop show master red
ip -n r nexthop show vrf left
ip -n r route add vrf red 10.6.0.0/16 nhid 1
ip -n r route add vrf red 10.5.0.0/16 nhid 2
ip -n r route show vrf red
ip -n r route get 10.6.0.1 vrf red
ip -n r route get 10.5.0.1 vrf red
ip -n r link show type vrf_slave
ip -n r -d -j link show left | jq -c '.[0].linkinfo'
ip -n r link set left type vrf_slave table 5
ip -n r link set red type vrf table 5
ip -n r rule add l3mdev from 10.0.0.0/8 pref 5
ip -n r rule add not l3mdev pref 6 unreachable
ip -n r rule
ip -n r rule del pref 6
ip -n r rule del pref 5
ping() { $run ping -n -c 1 -W 1 "$@"; }
echo "# bound to nothing"
ip -n r rule add to 10.0.1.1 table 10 pref 7
ping 10.0.1.1
ping -I left 10.0.1.1
$run sysctl -w net.ipv4.raw_l3mdev_accept=0
ping 10.0.1.1
ping -I red 10.0.1.1
ping -I left 10.0.1.1
$run sysctl -w net.ipv4.raw_l3mdev_accept=1
$run traceroute -n -N 1 -q 1 -w 1 10.0.1.1
ip -n r rule del pref 7
echo "# path MTU and redirects"
ip -n r route add vrf red 10.4.0.0/16 via 10.0.1.1
ip -n h addr add 10.4.0.1/32 dev lo
ip netns exec h sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
ip -n h link add d0 mtu 1300 address 02:00:00:00:03:01 type dummy
ip -n h link set d0 up
ip -n h addr add 10.4.2.1/24 dev d0
ping -M do -s 1400 -I red 10.4.2.2
ip -n r route get 10.4.2.2 vrf red | sed 's/expires [0-9]*sec //'
ping -M do -s 1400 -I left 10.4.2.2
ping -s 1400 -I red 10.4.2.2
ip -n r route show cache | sed 's/expires [0-9]*sec //'
echo "# fragments, record route"
ping -s 4000 -I red 10.4.0.1
ping -R -I red 10.4.0.1
ping -T tsandaddr -I red 10.0.1.1 | grep -v -i -E 'ts:|absolute|	'
ip netns exec h ping -n -c 1 -W 1 -R 10.0.1.254
ip -n r link del red
ip -n r route
ip -n r nexthop
