#!/bin/bash
# VRF devices: how they are made, what enslaving does to routes, and what the ip commands say of them.
ip netns add h
ip() { command ip -n h "$@"; }
ip link set lo up
ip link add left address 02:00:00:00:01:01 type veth peer name left1 address 02:00:00:00:01:02
ip link add right address 02:00:00:00:02:01 type veth peer name right1 address 02:00:00:00:02:02
ip link add d0 address 02:00:00:00:03:01 type dummy
for d in left left1 right right1 d0; do ip link set $d up; done
ip addr add 10.1.0.1/24 dev left
ip addr add 10.1.0.7/24 dev left
ip addr add 10.2.0.1/24 dev right
ip addr add 10.3.0.1/32 dev d0
ip route add 10.9.0.0/16 via 10.1.0.2
sleep 1
echo "# before"
ip rule
ip route show table all
echo "# refused"
ip vrf
ip vrf show default
ip link add v0 type vrf
ip link add v0 type vrf table 0
ip link add v0 type vrf table
ip link add v0 type vrf table nothing
ip link add v0 address 02:00:00:00:aa:00 type vrf tab 10
ip link add v0 type vrf help
ip link set left vrf red
ip link set left master red
ip link show vrf red
ip vrf show red
ip route show vrf red
ip route get 10.1.0.2 vrf red
ip addr show vrf red
ip neigh show vrf red
ip link show type vrf
ip vrf
echo "# made"
ip link add red address 02:00:00:00:aa:01 type vrf table 10
echo $?
ip link add blue address 02:00:00:00:aa:02 type vrf table blue
ip link add blue address 02:00:00:00:aa:02 type vrf table 20
ip rule
ip rule list l3mdev
ip -j rule | jq -c '.[]'
ip link show red
ip -d link show red
ip -j -d link show red | jq -c '.[0] | del(.inet6_addr_gen_mode)'
ip link set red up
ip link set blue up
ip link show type vrf
ip -br link show type vrf
ip -d link show blue
ip vrf show
ip vrf show red
ip vrf list
ip -j vrf | jq -c '.[]'
ip vrf show left
ip vrf show nothing
ip vrf identify
ip vrf pids red
ip vrf help
ip vrf nonsense
echo "# enslaved"
ip link set left master red
ip route show table all
ip link show left
ip -d link show left | head -3
ip link set d0 vrf red
ip link show d0
ip link show master red
ip link show vrf red
ip addr show vrf red
ip -br addr show vrf red
ip -br addr show master red
ip route show vrf red
ip route show table 10
ip route show vrf red table 10
ip -j route show vrf red | jq -c '.[]'
ip route show vrf blue
ip route show vrf left
ip link show vrf left
ip addr show vrf left
ip link set lo master red
ip link set blue master red
ip link set red master blue
ip link set red mtu 1000
ip link set red mtu 1500
ip link show red
ip link set red mtu 65575
ip link set red mtu 65576
ip link set red netns h
ip link set red netns 1
ip link set red arp on
ip link show red
ip link set red arp off
ip link set right master red
ip link set right master blue
ip link show right
ip route show vrf red
ip route show vrf blue
ip route show table all
echo "# routes"
ip route add vrf red unreachable default metric 4278198272
ip route add 10.8.0.0/16 via 10.1.0.2 vrf red
ip route add 10.7.0.0/16 via 10.1.0.2
ip route add 10.7.0.0/16 via 10.1.0.2 dev left
ip route add 10.7.0.0/16 dev left
ip route add 10.6.0.0/16 dev red
ip route add 10.5.0.0/16 dev red vrf blue
ip route add 10.8.0.0/16 via 10.1.0.2 vrf nothing
ip route add 10.8.0.0/16 via 10.1.0.2 vrf left
ip route add 10.8.0.0/16 via 10.1.0.2 vrf blue
ip route add 192.168.0.0/24 table 10 via 10.1.0.9 src 10.1.0.7
ip route add 192.168.1.0/24 table 10 via 10.1.0.9 src 10.2.0.1
ip route add 192.168.2.0/24 table 20 via 10.2.0.9 src 10.2.0.1
ip route add 192.168.3.0/24 vrf blue nexthop via 10.2.0.8 nexthop via 10.2.0.9
ip route show
ip route show vrf red
ip route show vrf blue
ip route show table 0 dev left
echo "# get"
ip route get 10.1.0.2
ip route get 10.1.0.2 vrf red
ip route get 10.1.0.2 oif red
ip route get 10.1.0.2 oif left
ip route get 10.8.1.1 vrf red
ip route get 10.8.1.1 from 10.1.0.7 vrf red
ip route get 10.8.1.1 from 10.2.0.1 vrf red
ip route get 10.1.0.1 vrf red
ip route get 10.1.0.1
ip route get 10.1.0.1 oif left
ip route get 10.3.0.1 vrf red
ip route get 10.3.0.1 vrf blue
ip route get 172.16.0.1 vrf red
ip route get 172.16.0.1 vrf blue
ip route get 172.16.0.1 oif right
ip route get 10.2.0.5 from 10.1.0.2 iif left
ip route get 10.8.0.5 from 10.1.0.3 iif left
ip route get 10.1.0.1 from 10.1.0.3 iif left
ip route get fibmatch 10.8.0.5 vrf red
ip route get fibmatch 10.1.0.5 vrf red
ip route get 10.1.0.255 vrf red
ip route get 255.255.255.255 vrf red
ip route get 224.0.0.1 vrf red
ip route get 10.1.0.2 vrf nothing
ip route get 10.1.0.2 vrf left
ip -j route get 10.1.0.2 vrf red | jq -c '.[]'
echo "# neighbours"
ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:02 dev left
ip neigh add 10.2.0.2 lladdr 02:00:00:00:02:02 dev right nud permanent
ip neigh show vrf red
ip neigh show vrf blue
ip neigh show master blue
ip neigh show
ip neigh show vrf left
ip neigh flush vrf blue nud permanent
ip neigh show nud all vrf blue
echo "# addresses of the VRF itself"
ip addr add 10.100.0.1/32 dev red
ip addr add 127.0.0.1/8 dev blue
ip addr show red
ip addr show blue
ip route show table 10
ip route show table 20
ip route get 10.100.0.1 vrf red
ip route get 127.0.0.1 vrf blue
ip route get 127.0.0.1 vrf red
ip addr add 10.1.1.1/24 dev left
ip route show table 10 dev left
ip addr del 10.1.1.1/24 dev left
ip route show table 10 dev left
echo "# leaving"
ip link set left nomaster
ip link show left
ip route show vrf red
ip route show table local
ip route
ip link set left down
ip link set left vrf red
ip link show left
ip route show table 10
ip link set left up
ip route show table 10
ip link set right down
ip route show table 20
ip link set right up
ip route show table 20
ip link set red down
ip route show table 10
ip route get 10.1.0.2 vrf red
ip route get 10.1.0.1 vrf red
ip link set red up
ip route get 10.1.0.2 vrf red
ip route get 10.1.0.1 vrf red
ip link del left
ip route show vrf red
ip link del blue
ip link show right
ip route show table all
ip rule
ip rule del l3mdev
ip rule
ip link add green address 02:00:00:00:aa:03 type vrf table 30
ip rule
ip rule add l3mdev pref 500
ip rule add l3mdev table 30
ip rule add l3mdev pref 500
ip rule add l3mdev protocol static
ip rule
ip rule del l3mdev pref 500
ip rule
ip link add green2 address 02:00:00:00:aa:04 type vrf table 30
ip vrf
command command ip netns exec h sysctl -w net.vrf.strict_mode=1
ip link del green2
ip link del v0
command ip netns exec h sysctl -w net.vrf.strict_mode=1
ip link add green2 address 02:00:00:00:aa:04 type vrf table 30
command ip netns exec h sysctl -w net.vrf.strict_mode=2
command ip netns exec h sysctl net.ipv4.tcp_l3mdev_accept net.ipv4.udp_l3mdev_accept net.ipv4.raw_l3mdev_accept
ip -d link show type vrf
