# ip route get and ip route show in all their forms, errors and all
ip link set lo up
ip link add d0 address 02:00:00:00:00:01 type dummy
ip link add d1 address 02:00:00:00:00:02 type dummy
ip link set d0 up; ip link set d1 up
ip addr add 10.0.0.1/24 dev d0
ip addr add 10.0.0.5/24 dev d0
ip addr add 10.1.0.1/24 brd 10.1.0.255 dev d1
ip route add default via 10.0.0.254 metric 100
ip route add default via 10.1.0.254 metric 200 proto bird
ip route add 172.16.0.0/16 via 10.0.0.9 src 10.0.0.5 mtu 1400 advmss 1300 window 1000 hoplimit 9 initcwnd 4 initrwnd 5 quickack 1 rto_min 300 features ecn
ip route add 172.16.1.0/24 via 10.1.0.9 realm 3
ip route add 172.17.0.0/16 tos 0x10 via 10.1.0.7
ip route add 172.17.0.0/16 via 10.1.0.8
ip route add unreachable 172.18.0.0/16 metric 5
ip route add prohibit 172.19.0.0/16
ip route add blackhole 172.20.0.0/16
ip route add throw 172.21.0.0/16
ip route add 192.0.2.0/24 dev d1 scope link
ip route add 198.51.100.0/24 dev d1 scope host
ip route add local 203.0.113.0/24 dev lo
ip route add broadcast 203.0.114.0/24 dev d0
ip route add multicast 224.1.0.0/16 dev d1
ip route add nat 203.0.115.0/24 via 10.0.0.3
ip route add 10.77.0.0/16 via 192.0.2.1
ip route add 10.78.0.0/16 via 192.168.55.1 dev d0
ip route add 10.78.0.0/16 via 192.168.55.1 dev d0 onlink
ip route add 10.79.0.0/16 via 10.0.0.1
ip route add 10.80.0.0/16 via 10.0.0.255
ip route add 10.81.0.0/16 src 10.9.9.9 dev d0
ip route add 10.82.0.1/16 dev d0
ip route add 10.83.0.0/33 dev d0
ip route add 10.84.0.0/16
ip route add 10.85.0.0/16 dev nodev
ip route add 10.86.0.0/16 via 10.0.0.300
ip route add 10.0.0.0/24 dev d0
ip route append 10.0.0.0/24 dev d1
ip route prepend 10.0.0.0/24 dev d1 scope link proto 7
ip route change 10.99.0.0/16 dev d0
ip route replace 10.99.0.0/16 dev d0
ip route test 10.99.0.0/16 dev d0
ip route test 10.98.0.0/16 dev d0
ip route add table 500 10.98.0.0/16 dev d0
ip route add 10.97.0.0/16 dev d0 table nosuch
ip route add 10.97.0.0/16 dev d0 proto nosuch
ip route add 10.97.0.0/16 dev d0 scope 260
ip route add 10.97.0.0/16 dev d0 metric -1
ip route add 10.97.0.0/16 dev d0 tos 0x300
ip route add 10.97.0.0/16 dev d0 ttl-propagate disabled
ip route add 10.97.0.0/16 dev d0 expires 20
ip route add 10.96.0.0/16 nexthop via 10.0.0.3 weight 257 nexthop via 10.1.0.3
ip route add 10.96.0.0/16 nexthop via 10.0.0.3 weight 256 nexthop via 10.1.0.3
ip route add 10.95.0.0/16 nexthop via 10.0.0.3
ip route add 10.94.0.0/16 nexthop via 10.0.0.3 dev d0 onlink nexthop dev d1
ip route add 10.93.0.0/16 via inet 10.0.0.3
echo "== show"
ip route
ip route show table all
ip route show table 500
ip route show proto bird
ip route show scope link
ip route show type blackhole
ip route show dev d1
ip route show via 10.0.0.254
ip route show root 172.16.0.0/16
ip route show match 172.16.1.5
ip route show exact 172.16.0.0/16
ip route show 172.16.0.0/12
ip route show to root 10.0.0.0/8 dev d0
ip route show src 10.0.0.5
ip route show metric 100
ip route show realm 3
ip route show table local type broadcast
ip route show tos 0x10
ip route list default
ip route list table nosuch
ip route list table 4999
ip -o route show 10.96.0.0/16
ip -j route show 172.16.0.0/16
ip -j -p -d route show 10.94.0.0/16
ip -d route show 172.18.0.0/16
ip -N route show proto bird
ip -s route show 172.16.0.0/16
ip -r route show 192.0.2.0/24
ip -4 r l 192.0.2.0/24
ip -f inet r s 192.0.2.0/24
ip -br route show 192.0.2.0/24
echo "== get"
g() { echo "-- $*"; ip route get "$@"; echo $?; }
g 8.8.8.8; g 10.0.0.7; g 10.0.0.1; g 10.0.0.255; g 10.1.0.0; g 127.0.0.1; g 0.0.0.0; g 255.255.255.255; g 224.1.0.1; g 224.9.0.1; g 239.1.1.1 oif d1; g 240.0.0.1
g 172.16.0.1; g 172.16.1.1; g 172.17.0.1; g 172.17.0.1 tos 0x10; g 172.17.0.1 tos 0x11; g 172.18.0.1; g 172.19.0.1; g 172.20.0.1; g 172.21.0.1
g 192.0.2.1; g 198.51.100.1; g 203.0.113.1; g 203.0.114.1; g 203.0.115.1
g 8.8.8.8 oif d1; g 8.8.8.8 oif lo; g 8.8.8.8 oif nodev; g 10.0.0.1 oif d1
g 8.8.8.8 from 10.0.0.5; g 8.8.8.8 from 10.9.9.9; g 8.8.8.8 from 10.0.0.5 oif d1; g 8.8.8.8 from 10.0.0.9 iif d0; g 8.8.8.8 from 10.0.0.1 iif d0; g 10.1.0.9 from 10.0.0.9 iif d0
sysctl -w net.ipv4.ip_forward=1
g 8.8.8.8 from 10.0.0.9 iif d0; g 8.8.8.8 from 10.1.0.9 iif d0; g 10.0.0.8 from 10.0.0.9 iif d0; g 10.0.0.1 from 10.0.0.9 iif d0; g 10.0.0.1 from 10.0.0.9 iif d1; g 172.18.0.1 from 10.0.0.9 iif d0; g 172.20.0.1 from 10.0.0.9 iif d0; g 224.0.0.5 from 10.0.0.9 iif d0; g 10.0.0.255 from 10.0.0.9 iif d0; g 127.0.0.1 from 10.0.0.9 iif d0; g 8.8.8.8 from 127.0.0.1 iif d0; g 8.8.8.8 from 0.0.0.0 iif d0; g 8.8.8.8 from 224.0.0.1 iif d0; g 8.8.8.8 from 10.0.0.9 iif lo; g 8.8.8.8 from 10.0.0.9 iif nodev
g 8.8.8.8 mark 5; g 8.8.8.8 mark 0xg; g 8.8.8.8 uid 1000; g 8.8.8.8 ipproto udp sport 5 dport 7; g 8.8.8.8 ipproto icmp; g 8.8.8.8 ipproto tcp dport 70000; g 8.8.8.8 vrf nosuch; g fibmatch 8.8.8.8; g fibmatch 172.16.0.9; g fibmatch 172.18.0.9; g fibmatch 172.20.0.9; g fibmatch 10.0.0.1; g fibmatch 10.96.0.1; g 8.8.8.8 connected; g 8.8.8.8 8.8.4.4; g; g 8.8.8; g nosuch; g 8.8.8.0/24; g default; g any
ip -j route get 172.16.0.1
ip -j -p route get 8.8.8.8 from 10.0.0.9 iif d0
ip -d route get 172.16.0.1
ip -o route get 172.16.0.1
echo "== del and flush"
ip route del 10.99.0.0/16 via 10.0.0.9
ip route del 10.99.0.0/16
ip route del 10.99.0.0/16
ip route del default via 10.1.0.254
ip route del default metric 5
ip route del 172.17.0.0/16
ip route show 172.17.0.0/16
ip route del 10.0.0.0/24 proto 7
ip route flush 10.96.0.0/16
ip route flush root 10.0.0.0/8 proto static
ip -s route flush proto 7
ip -s -s route flush scope host
ip route flush table 500
ip route flush type throw
ip route flush
ip route save > saved.bin
ip route showdump < saved.bin | wc -l
ip route flush table main
ip route
ip route restore < saved.bin
ip route
rm saved.bin
