#!/bin/bash
# ip rule with every selector and action, and routes with realms: what is taken, refused, printed, and chosen.
ip netns add h
run="ip netns exec h"
ip() { command ip -n h "$@"; }
ip link set lo up
ip link add d0 address 02:00:00:00:01:01 type dummy
ip link add d1 address 02:00:00:00:01:02 type dummy
ip link set d0 up
ip link set d1 up
ip addr add 10.1.0.1/24 dev d0
ip addr add 10.2.0.1/24 dev d1
ip route add default via 10.1.0.2
ip route add default via 10.2.0.2 table 100
show() { ip rule list "$@"; }
echo "# uidrange"
ip rule add uidrange 0-0 table 100
ip rule add uidrange 1000-2000 table 100
ip rule add uidrange 5 table 100
ip rule add uidrange 7-5 table 100
ip rule add uidrange a-b table 100
ip rule add uidrange 0-4294967295 table 100
show
ip -j rule | jq -c '.[]'
ip rule list uidrange 1000-2000
ip route get 8.8.8.8
ip route get 8.8.8.8 uid 1500
ip route get 8.8.8.8 uid 3000
ip rule del uidrange 1000-2000
ip rule del uidrange 1-2
ip rule del uidrange 0-0
show
ip rule flush
ip rule add table main pref 32766
echo "# ipproto, ports"
ip rule add ipproto icmp table 100
ip rule add ipproto tcp dport 80 table 100
ip rule add ipproto udp sport 1000-2000 dport 53-53 table 100
ip rule add ipproto 89 table 100
ip rule add sport 0 table 100
ip rule add sport 20-10 table 100
ip rule add sport 70000 table 100
ip rule add dport 1-65535 table 100
ip rule add dport 1-65534 table 100
ip rule add ipproto nothing table 100
ip rule add ipproto 300 table 100
show
ip -j rule | jq -c '.[]'
ip rule list ipproto tcp
ip rule list dport 80
ip rule list sport 1000-2000
ip route get 8.8.8.8 ipproto icmp
ip route get 8.8.8.8 ipproto tcp dport 80
ip route get 8.8.8.8 ipproto tcp dport 81
ip route get 8.8.8.8 ipproto udp sport 1500 dport 53
ip route get 8.8.8.8 ipproto udp sport 2500 dport 53
ip rule del dport 1-65534
ip rule del ipproto tcp dport 81
ip rule del ipproto tcp dport 80
ip rule del ipproto icmp
show
ip rule flush
ip rule add table main pref 32766
echo "# tun_id"
ip rule add tun_id 0x10 table 100
ip rule add tun_id 7 table 100 pref 9
ip rule add tun_id x table 100
show
ip rule list tun_id 7
ip route get 8.8.8.8
ip rule del tun_id 7
ip rule del tun_id 16
show
echo "# suppress"
ip link set d1 group 5
ip rule add table 100 suppress_ifgroup 5 pref 10
ip rule add table 100 sup_group default pref 11
ip rule add table 100 suppress_prefixlength 0 suppress_ifgroup 5 pref 12
ip rule add table main sup_pl 0 pref 13
ip rule add table main suppress_prefixlength 33 pref 14
ip rule add table main suppress_prefixlength x pref 14
ip rule add table main suppress_ifgroup x pref 14
show
ip -j rule | jq -c '.[]'
ip route get 8.8.8.8
ip rule del pref 11
ip route get 8.8.8.8
ip rule del pref 10
ip rule del pref 12
ip rule del pref 13
ip rule del pref 14
echo "# realms"
printf '7\tgalaxy\n' >> /etc/iproute2/rt_realms
ip route add 20.0.0.0/8 via 10.1.0.2 realm 5
ip route add 21.0.0.0/8 via 10.1.0.2 realms 5/galaxy
ip route add 22.0.0.0/8 via 10.1.0.2 realms cosmos
ip route add 23.0.0.0/8 via 10.1.0.2 realms 5/
ip route add 24.0.0.0/8 via 10.1.0.2 realms nothing
ip route add 24.0.0.0/8 via 10.1.0.2 realms 256
ip route add 26.0.0.0/8 nexthop via 10.1.0.2 realms 3/4 weight 2 nexthop via 10.2.0.2 realm 9
ip route add blackhole 25.0.0.0/8 realm 6
ip route add 20.0.0.0/8 via 10.1.0.2 realm 6
ip route append 20.0.0.0/8 via 10.1.0.2 realm 6
ip route
ip -d route
ip -N route
ip -j route | jq -c '.[]'
ip route show realm 5
ip route show realms 5/galaxy
ip route show realms 5/
ip route show realms /7
ip route del 20.0.0.0/8 realm 6
ip route del 20.0.0.0/8 realm 8
ip route del 20.0.0.0/8
ip route
ip route get 21.1.1.1
ip -j route get 21.1.1.1 | jq -c '.[]'
ip route get 21.1.1.1 from 10.1.0.9 iif d0
ip rule add from 10.3.0.0/16 table 100 realms 1/2 pref 10
ip rule add from 10.1.0.0/16 realms 9 pref 11
ip rule add to 30.0.0.0/8 table 100 realms galaxy pref 12
show
ip -j rule | jq -c '.[]'
ip rule list realms 1/2
ip route get 8.8.8.8 from 10.1.0.1
ip route get 21.1.1.1 from 10.1.0.1
ip route get 30.0.0.1
$run sysctl -qw net.ipv4.ip_forward=1
ip route get 21.1.1.1 from 10.1.0.9 iif d0
ip rule del realms 9
ip rule del realms 4
show
ip rule del from 10.3.0.0/16 realms 1/2
show
echo "# the rest"
ip rule add not from 10.1.0.0/16 table 100
ip rule add from all iif d0 oif d1 table 100
ip rule add fwmark 1/3 table 100
ip rule add fwmark 0/3 table 100
ip rule add dsfield 0x04 table 100
ip rule add tos 0x20 table 100
ip rule add tos 1 table 100
ip rule add nop pref 5
ip rule add goto 5 pref 3
ip rule add goto 99 pref 4
ip rule add goto 2 pref 4
ip rule add type unreachable from 1.1.1.1
ip rule add nat 1.2.3.4
ip rule add map-to 1.2.3.4
ip rule add protocol static table 5
ip rule add protocol 99 table 6
ip rule add order 1 table 5
ip rule add preference 2 table 5
ip rule add from 1.2.3.4 from 2.3.4.5 table 9
ip rule add table 100 lookup 200
ip rule add from default table 9
ip rule add nonsense
ip rule add table nonsense
ip rule add
show
ip rule list table 100
ip rule list fwmark 1/3
ip rule list iif d0
ip rule list tos 4
ip rule list protocol static
ip rule list not from 10.1.0.0/16
ip -d rule list
