# Nexthop objects: what `ip nexthop` says of them, routes that use them, and what becomes of both.
show() {
  echo "\$ $*"
  "$@"
  status=$?
  [ $status -eq 0 ] || echo "status $status"
}
title() { echo "== $*"; }

ip netns add peer
for i in 1 2 3; do
  ip link add eth$i address 02:00:00:00:00:0$i type veth peer name eth$i address 02:00:00:00:01:0$i netns peer
  ip address add 10.0.$i.1/24 dev eth$i
  ip link set eth$i up
  ip -n peer address add 10.0.$i.2/24 dev eth$i
  ip -n peer address add 10.0.$i.3/24 dev eth$i
  ip -n peer link set eth$i up
done
ip link set lo up
sleep 1

title objects
show ip nexthop
show ip nexthop add id 1 via 10.0.1.2 dev eth1
show ip nexthop add id 2 via 10.0.2.2 dev eth2 proto static
show ip nexthop add id 3 dev eth3
show ip nexthop add id 4 via 192.168.7.1 dev eth1 onlink proto bird
show ip nexthop add id 5 blackhole
show ip nexthop add id 6 via 10.0.2.3 dev eth2 proto 77
show ip nexthop add id 10 group 1/2
show ip nexthop add id 11 group 1,3/2,5/6 proto zebra
show ip nexthop add id 12 group 5
show ip nexthop add id 13 group 1/3 type mpath
show ip nexthop add id 20 via 10.0.1.9 fdb
show ip nexthop add id 21 via 10.0.1.10 fdb proto static
show ip nexthop add id 22 group 20/21 fdb
show ip nexthop add via 10.0.3.2 dev eth3
show ip nexthop
show ip -d nexthop
show ip -j nexthop
show ip -j -p nexthop show id 11
show ip -o nexthop show groups
show ip nexthop show dev eth1
show ip nexthop show proto static
show ip nexthop show fdb
show ip nexthop list id 2
show ip nexthop get id 11
show ip -j nexthop get id 4
show ip nexthop get id 99
show ip -6 nexthop
show ip -4 nexthop show dev eth2
show ip nexthop show vrf eth1
show ip nexthop show master eth1
show ip nexthop show dev nowhere

title refused
show ip nexthop add id 1 via 10.0.1.3 dev eth1
show ip nexthop add id 30
show ip nexthop add id 30 via 10.0.1.2
show ip nexthop add id 30 via 10.0.1.2 dev nowhere
show ip nexthop add id 30 via 10.99.1.2 dev eth1
show ip nexthop add id 30 via 10.0.1.1 dev eth1
show ip nexthop add id 30 via 10.0.1.1 dev eth1 onlink
show ip nexthop add id 30 dev eth1 onlink
show ip nexthop add id 30 blackhole dev eth1
show ip nexthop add id 30 blackhole via 10.0.1.2
show ip nexthop add id 30 group 1/99
show ip nexthop add id 30 group 1/1
show ip nexthop add id 30 group 1/5
show ip nexthop add id 30 group 10
show ip nexthop add id 30 group 1,0
show ip nexthop add id 30 group 1,257
show ip nexthop add id 30 group 1,256
show ip nexthop add id 30 group x
show ip nexthop add id 31 group 1/20
show ip nexthop add id 31 group 1/2 fdb
show ip nexthop add id 31 group 1/2 type fancy
show ip nexthop add id 31 group 1/2 via 10.0.1.2
show ip nexthop add id 31 via 10.0.1.2 dev eth1 fdb
show ip nexthop add id 31 blackhole fdb
show ip nexthop add id x blackhole
show ip nexthop add blackhole group 1
show ip nexthop add id 31 via 10.0.1.2 dev eth1 proto nonsense
show ip nexthop add id 31 whatever
show ip nexthop replace via 10.0.1.2 dev eth1
show ip nexthop replace id 10 via 10.0.1.2 dev eth1
show ip nexthop replace id 1 group 2/3
show ip nexthop replace id 1 blackhole
show ip nexthop replace id 10 group 1/5
show ip nexthop replace id 20 dev eth1
show ip nexthop replace id 1 via 10.0.1.2 fdb
show ip nexthop del id 99
show ip nexthop del
show ip nexthop del id 0
show ip nexthop del id 1 dev eth1
show ip nexthop change id 1
show ip nexthop flush whatever
show ip nexthop get
ip link add d0 type dummy
show ip nexthop add id 31 dev d0
show ip nexthop add id 31 via 10.0.1.2 dev d0

title routes
show ip route add 10.10.0.0/16 nhid 1
show ip route add 10.11.0.0/16 nhid 10
show ip route add 10.12.0.0/16 nhid 11 proto bird metric 7
show ip route add 10.13.0.0/16 nhid 5
show ip route add 10.14.0.0/16 nhid 12
show ip route add 10.15.0.0/16 nhid 3
show ip route add 10.16.0.0/16 nhid 4 src 10.0.2.1 mtu 1400
show ip route add 10.17.0.0/16 nhid 13 table 100
show ip route add 10.18.0.0/16 nhid 99
show ip route add 10.18.0.0/16 nhid 20
show ip route add 10.18.0.0/16 nhid 22
show ip route add 10.18.0.0/16 nhid 1 via 10.0.1.2
show ip route add 10.18.0.0/16 nhid 1 dev eth1
show ip route add blackhole 10.18.0.0/16 nhid 1
show ip route add blackhole 10.18.0.0/16 nhid 5
show ip route add local 10.18.0.1 nhid 3
show ip route add local 10.18.0.2 nhid 10
show ip route add local 10.18.0.3 nhid 1
show ip route add 10.19.0.0/16 scope link nhid 1
show ip route add 10.19.0.0/16 scope link nhid 3
show ip route add 10.20.0.0/16 scope host nhid 3
show ip route add 10.10.0.0/16 nhid 1
show ip route replace 10.15.0.0/16 nhid 2
show ip route append 10.15.0.0/16 nhid 2
show ip route append 10.15.0.0/16 nhid 3
show ip route
show ip -d route
show ip -j route
show ip route show table 100
show ip route show nhid 1
show ip route show dev eth1
show ip route show via 10.0.1.2
show ip route get 10.10.1.1
show ip route get fibmatch 10.10.1.1
show ip route get fibmatch 10.11.1.1
show ip route get 10.13.1.1
show ip route get 10.14.1.1
show ip route get 10.16.1.1
show ip route get 10.11.1.1 oif eth2
show ip route get 10.11.1.1 oif eth3
sysctl net.ipv4.nexthop_compat_mode
sysctl -w net.ipv4.nexthop_compat_mode=0
show ip route
show ip -d route
show ip -j route show 10.11.0.0/16
sysctl -w net.ipv4.nexthop_compat_mode=1
show ping -c 1 -W 1 10.13.1.1

title route removal
show ip route del 10.15.0.0/16 nhid 3
show ip route del 10.15.0.0/16 nhid 1
show ip route del 10.15.0.0/16
show ip route del 10.11.0.0/16 nhid 11
show ip route del 10.11.0.0/16 via 10.0.1.2
show ip route del 10.10.0.0/16 via 10.0.1.2 dev eth1
show ip route del 10.10.0.0/16 via 10.0.1.3
show ip route add 10.10.0.0/16 nhid 1
show ip route add 10.30.0.0/16 via 10.0.1.2
show ip route del 10.30.0.0/16 nhid 1
show ip route append 10.30.0.0/16 nhid 1
show ip route show 10.30.0.0/16
show ip route del 10.30.0.0/16 nhid 1
show ip route

title replaced
show ip nexthop replace id 1 via 10.0.1.3 dev eth1 proto bird
show ip nexthop
show ip route
show ip nexthop replace id 1 via 10.0.3.3 dev eth3
show ip route
show ip nexthop replace id 10 group 2,4/3
show ip route show 10.11.0.0/16
show ip route get 10.10.1.1
show ip nexthop replace id 3 via 10.0.3.2 dev eth3
show ip nexthop replace id 15 dev eth3
show ip route add 10.31.0.0/16 scope link nhid 15
show ip nexthop replace id 15 via 10.0.3.2 dev eth3
show ip nexthop replace id 5 via 10.0.1.2 dev eth1
show ip route show 10.13.0.0/16
show ip route get 10.13.1.1
show ip nexthop replace id 12 group 1/2
show ip nexthop replace id 12 group 2 proto bird
show ip route show 10.14.0.0/16

title removed
show ip nexthop del id 2
show ip nexthop
show ip route
show ip nexthop del id 4
show ip route
show ip nexthop del id 13
show ip route show table 100
show ip nexthop del id 10
show ip nexthop
show ip route
show ip nexthop flush proto bird
show ip nexthop flush groups
show ip nexthop flush
show ip nexthop flush
show ip nexthop
show ip route

title devices
ip nexthop add id 1 via 10.0.1.2 dev eth1
ip nexthop add id 2 via 10.0.2.2 dev eth2
ip nexthop add id 3 via 10.0.3.2 dev eth3
ip nexthop add id 4 dev eth3
ip nexthop add id 5 blackhole
ip nexthop add id 10 group 1/2/3
ip nexthop add id 11 group 3/4
ip nexthop add id 12 group 4
ip route add 10.10.0.0/16 nhid 1
ip route add 10.11.0.0/16 nhid 10
ip route add 10.12.0.0/16 nhid 11
ip route add 10.13.0.0/16 nhid 12
ip route add 10.14.0.0/16 nhid 5
show ip nexthop
ip link set lo down
show ip nexthop add id 6 blackhole
show ip nexthop replace id 5 blackhole
show ip route show 10.14.0.0/16
ip link set lo up
show ip -6 nexthop add id 6 dev eth1
show ip nexthop add id 6 via fe80::1 dev eth1
show ip nexthop add id 6 via inet6 fe80::1 dev eth1
ip nexthop add id 6 via 10.9.9.9 dev eth1 onlink
show ip route add 10.15.0.0/16 scope link nhid 6
show ip route add 10.15.0.0/16 nhid 6 nexthop via 10.0.1.2 nexthop via 10.0.2.2
show ip route add 10.15.0.0/16 nhid 0
show ip route add 10.15.0.0/16 nhid x
ip nexthop del id 6
show ip link set eth3 down
show ip nexthop
show ip route
show ip link set eth3 up
sleep 1
show ip nexthop
show ip route
ip -n peer link set eth2 down
sleep 2
show ip nexthop
show ip route
show ip nexthop add id 20 via 10.0.2.2 dev eth2
ip -n peer link set eth2 up
sleep 2
show ip nexthop
show ip route
ip address del 10.0.2.1/24 dev eth2
show ip nexthop
show ip route
ip address add 10.0.2.1/24 dev eth2
ip nexthop replace id 2 via 10.0.2.2 dev eth2
show ip route
ip link set eth2 mtu 67
show ip nexthop
ip link del eth1
show ip nexthop
show ip route
ip link set lo down
show ip nexthop
show ip route
ip netns del peer
show ip nexthop

title traffic
ip netns add one
ip netns add two
ip netns add sink
ip link add one address 02:00:00:00:02:01 type veth peer name eth0 address 02:00:00:00:02:02 netns one
ip link add two address 02:00:00:00:03:01 type veth peer name eth0 address 02:00:00:00:03:02 netns two
ip link set lo up
for n in one two; do
  ip link set $n up
  ip -n $n link set eth0 up
  ip -n $n link set lo up
  ip -n $n address add 10.50.0.1/32 dev lo
done
ip address add 10.40.1.1/24 dev one
ip address add 10.40.2.1/24 dev two
ip -n one address add 10.40.1.2/24 dev eth0
ip -n two address add 10.40.2.2/24 dev eth0
ip -n one route add 10.40.2.0/24 via 10.40.1.1
ip -n two route add 10.40.1.0/24 via 10.40.2.1
sleep 1
ip nexthop add id 1 via 10.40.1.2 dev one
ip nexthop add id 3 blackhole
ip nexthop add id 10 group 1
ip route add 10.50.0.1 nhid 10
ip netns exec one tcpdump -U -n -i eth0 -w one.pcap icmp 2>/dev/null &
ip netns exec two tcpdump -U -n -i eth0 -w two.pcap icmp 2>/dev/null &
sleep 1
ping -c 1 -W 1 10.50.0.1 | head -2
show ip nexthop add id 4 via 10.40.2.9 dev two
show ip nexthop add id 20 group 1/4,200
show ip route add 10.60.0.0/16 nhid 20
ip neighbour add 10.40.2.9 dev two nud failed
for i in 1 2 3 4 5 6 7 8; do ip route get 10.60.0.$i | head -1; done
show ip route flush 10.60.0.0/16
show ip route show 10.60.0.0/16
show ip nexthop del id 20
show ip nexthop add id 21 group 1
show ip nexthop add id 22 group 4
show ip route add 10.61.0.0/16 nhid 21 metric 9
show ip route add 10.61.0.0/16 nhid 1 metric 1
show ip route add 10.61.0.0/16 nhid 4 metric 2
show ip route get 10.61.1.1
show ip route get 10.61.1.1 oif one
show ip route get 10.61.1.1 oif two
show ip route flush root 10.61.0.0/16
show ip route add default nhid 1
show ip route add default nhid 4 metric 5
show ip route get 1.2.3.4
show ip route replace default nhid 22
show ip nexthop flush id 22
show ip nexthop flush id 22
show ip route show default
show ip nexthop flush dev two
show ip nexthop
ip nexthop add id 2 via 10.40.2.2 dev two
ip nexthop replace id 10 group 2
ping -c 1 -W 1 10.50.0.1 | head -2
ip nexthop replace id 2 via 10.40.1.2 dev one
ping -c 1 -W 1 10.50.0.1 | head -2
ip nexthop replace id 10 group 3
ping -c 1 -W 1 10.50.0.1
ip nexthop del id 3
ping -c 1 -W 1 10.50.0.1
sleep 1.5
kill %1 %2
wait
