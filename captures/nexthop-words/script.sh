# nexthop objects: groups, weights, replace, blackholes, fdb, multipath over them, flush, and what goes with a link
sysctl -qw net.ipv4.icmp_ratelimit=0
ip netns add x
ip link set lo up
for i in 0 1 2; do ip link add e$i address 02:00:00:00:00:0$i type dummy; ip link set e$i up; ip addr add 10.$i.0.1/24 dev e$i; done
ip nexthop add id 1 via 10.0.0.2 dev e0
ip nexthop add id 2 via 10.1.0.2 dev e1 proto bird
ip nexthop add id 3 dev e2
ip nexthop add id 4 blackhole
ip nexthop add id 5 via 10.55.0.1 dev e2 onlink
ip nexthop add id 6 via 10.55.0.1 dev e2
ip nexthop add id 7 via 10.0.0.1 dev e0
ip nexthop add id 8 via 10.0.0.255 dev e0
ip nexthop add id 9 via 10.0.0.9
ip nexthop add via 10.0.0.8 dev e0
ip nexthop add id 1 via 10.0.0.3 dev e0
ip nexthop add id 10 group 1/2
ip nexthop add id 11 group 1,3/2,255
ip nexthop add id 12 group 1,257
ip nexthop add id 12 group 1,256/2
ip nexthop add id 13 group 1/1
ip nexthop add id 13 group 10
ip nexthop add id 13 group 1/4
ip nexthop add id 13 group 4
ip nexthop add id 14 group 99
ip nexthop add id 15 via 10.0.0.4 fdb
ip nexthop add id 16 group 15 fdb
ip nexthop add id 17 group 1 fdb
ip nexthop add id 18 group 15
ip nexthop add id 0 via 10.0.0.4 dev e0
ip nexthop add id 19
ip nexthop add id 19 dev nodev
ip nexthop add id 19 group
ip nexthop add id 19 via 10.0.0.4 dev e0 blackhole
ip nexthop add id 4294967295 dev e0
ip nexthop
echo "== show"
ip nexthop show id 11; ip nexthop get id 11; ip nexthop get id 77; ip nexthop show dev e0; ip nexthop show groups; ip nexthop show proto bird; ip nexthop show fdb; ip nexthop show master nosuch; ip -j nexthop show id 11; ip -j -p nexthop get id 2; ip -d nexthop show id 2; ip -o nexthop show id 10; ip -s nexthop show id 10; ip nexthop list id 4; ip nexthop show vrf nosuch; ip nexthop help 2>&1 | head -3
echo "== routes"
ip route add 172.16.0.0/16 nhid 1
ip route add 172.17.0.0/16 nhid 10
ip route add 172.18.0.0/16 nhid 4
ip route add 172.19.0.0/16 nhid 11 src 10.2.0.1 metric 7 mtu 1400
ip route add 172.20.0.0/16 nhid 16
ip route add 172.20.0.0/16 nhid 77
ip route add 172.20.0.0/16 nhid 1 via 10.0.0.2
ip route add 172.20.0.0/16 nhid 1 dev e0
ip route add 172.20.0.0/16 nhid 13
ip route add 172.21.0.0/16 nhid 5 proto static
ip route add unreachable 172.22.0.0/16 nhid 1
ip route
ip -d route show 172.17.0.0/16
ip -j route show 172.19.0.0/16
ip route get 172.16.0.1; ip route get fibmatch 172.17.0.1; ip route get fibmatch 172.18.0.1; ip route get 172.18.0.1; ip route get 172.21.5.5
ip route show nhid 10
ip route get 172.17.0.1 | grep -c nhid
sysctl net.ipv4.nexthop_compat_mode
sysctl -w net.ipv4.nexthop_compat_mode=0
ip route
sysctl -w net.ipv4.nexthop_compat_mode=1
ip nexthop replace id 1 via 10.2.0.9 dev e2
ip route show 172.16.0.0/16; ip route show 172.17.0.0/16
ip nexthop replace id 10 group 2,5
ip route show 172.17.0.0/16
ip nexthop replace id 10 via 10.0.0.7 dev e0
ip nexthop replace id 1 group 2
ip nexthop replace id 1 blackhole
ip nexthop change id 99 dev e0
ip nexthop replace id 20 dev e0
ip route replace 172.16.0.0/16 nhid 2
ip route change 172.16.0.0/16 nhid 5
ip route append 172.16.0.0/16 nhid 2
ip route show 172.16.0.0/16
ip route del 172.16.0.0/16 nhid 2
ip route del 172.16.0.0/16 nhid 77
ip route show 172.16.0.0/16
echo "== deletion"
ip nexthop del id 2
ip nexthop; ip route
ip nexthop del id 2
ip nexthop del
ip link set e2 down
ip nexthop; ip route
ip link set e2 up
ip nexthop; ip route
ip nexthop add id 30 via 10.2.0.2 dev e2
ip addr del 10.0.0.1/24 dev e0
ip nexthop; ip route
ip nexthop flush proto bird
ip nexthop flush id 4
ip nexthop flush groups
ip nexthop flush dev e0
ip nexthop; ip route
ip link del e2
ip nexthop flush
ip nexthop; ip route
ip -n x nexthop add id 1 blackhole
ip -n x route add default nhid 1
ip -n x route
ip -n x route get 8.8.8.8
ip -n x nexthop add id 2 via 127.0.0.1 dev lo
ip -n x nexthop add id 2 dev lo
ip -n x link set lo up
ip -n x nexthop add id 2 dev lo
ip -n x nexthop
ip -n x route replace default nhid 2
ip -n x route
