# Every way in which `ip` and `bridge` print the same objects.
modprobe ipip
ip netns add blue
ip netns add red
ip link add veth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns blue
ip link add d0 address 02:00:00:00:00:03 type dummy
ip link add br0 address 02:00:00:00:00:04 type bridge
ip link add vx0 address 02:00:00:00:00:05 mtu 1400 type vxlan id 9 dstport 8472 remote 10.0.0.2 local 10.0.0.1
ip tunnel add t0 mode ipip local 10.0.0.1 remote 10.0.0.2 ttl 9 tos 0x10
ip link add t1 type ipip local 10.0.0.1 remote 10.0.0.3 tos inherit nopmtudisc
ip address add 10.0.0.1/24 brd + dev veth0
ip address add 10.0.0.11/24 dev veth0 label veth0:1
ip address add 10.0.1.1/24 brd 10.0.1.255 dev veth0
ip address add 10.2.0.1 peer 10.2.0.2 dev t0
ip address add 10.3.0.1/16 dev d0 scope link
ip address add 10.4.0.1/32 dev d0 valid_lft 3000 preferred_lft 2000
ip link set veth0 master br0
ip link set veth0 nomaster
ip link set d0 master br0
for device in lo veth0 d0 br0 vx0 t0; do ip link set $device up; done
ip -n blue link set eth0 up
ip link set d0 alias "a dummy"
ip -n blue address add 10.0.0.2/24 dev eth0
ip route add default via 10.0.0.2
ip route add 10.10.0.0/16 via 10.0.0.2 dev veth0 metric 5 src 10.0.1.1 mtu 1300
ip route add 10.11.0.0/16 dev t0 proto static
ip route add 10.12.0.0/16 via 10.0.0.2 proto bird table 100
ip route add 10.13.0.0/16 via 10.77.0.1 dev veth0 onlink tos 0x10
ip route add blackhole 10.14.0.0/16
ip route add unreachable 10.15.0.0/16 metric 9
ip route add prohibit 10.16.0.0/16 proto 80
ip route add throw 10.17.0.0/16 table 100
ip route add 10.18.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop dev t0 weight 1
ip route add 0.0.0.0/32 via 10.0.0.2
ip rule add from 10.0.0.0/8 to 10.12.0.0/16 lookup 100
ip rule add iif veth0 tos 0x10 lookup 100 pref 500
ip rule add fwmark 7/0xff lookup 200
ip rule add not from 10.9.0.0/16 prohibit
ip rule add from all lookup main suppress_prefixlength 0 pref 400
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev veth0
ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev veth0 nud noarp
ip neigh add proxy 10.0.0.8 dev veth0
sleep 2.5
show() {
  echo "\$ $*"
  "$@"
}
show ip link
show ip -br link
show ip -o link
show ip -s link
show ip -s -s link show veth0
show ip -d link
show ip -j link
show ip -j -p link show d0
show ip -d -j link show vx0
show ip link show d0
show ip link show up
show ip link show type dummy
show ip link show type veth
show ip link show master br0
show ip -br link show type ipip
show ip link ls dev br0
show ip l
show ip a
show ip -4 a
show ip -6 a
show ip -br a
show ip -o a
show ip -o -4 a
show ip -s a show veth0
show ip -d a show veth0
show ip -j a show veth0
show ip -j -p a show d0
show ip -br -j a
show ip a show to 10.0.0.0/8
show ip a show scope link
show ip a show label "veth0:*"
show ip a show primary
show ip a show secondary
show ip a show up
show ip r
show ip -4 r
show ip -6 r
show ip -o r
show ip -d r
show ip -j r
show ip -j -p r show 10.10.0.0/16
show ip -s r
show ip -br r
show ip r show table all
show ip r show table 100
show ip r show table local
show ip r show default
show ip r show 10.10.0.0/16
show ip r show root 10.10.0.0/15
show ip r show match 10.10.1.1
show ip r show exact 10.14.0.0/16
show ip r show dev t0
show ip r show via 10.0.0.2
show ip r show proto static
show ip r show scope link
show ip r show type blackhole
show ip r get 10.10.1.1
show ip -j r get 10.10.1.1
show ip r get 10.0.0.1
show ip r get 10.14.1.1
show ip r get 10.15.1.1
show ip r get 10.16.1.1
show ip r get 10.13.1.1 tos 0x10
show ip r get 10.0.0.255
show ip r get 224.0.0.1
show ip r get 255.255.255.255
show ip r get 10.12.1.1
show ip r get 10.12.1.1 from 10.0.0.1
show ip r get 10.10.1.1 oif t0
show ip r get 10.10.1.1 mark 7
show ip r get fibmatch 10.10.1.1
show ip rule
show ip -j rule
show ip -d rule
show ip rule show pref 500
show ip n
show ip -s n
show ip -j n
show ip -d n
show ip -o n
show ip -br n
show ip n show dev veth0
show ip n show proxy
show ip netns
show ip netns list
show ip -j netns
show ip netns list-id
show ip -n blue a
show ip netns exec blue ip r
show ip -all netns exec ip -br link
show ip netns identify
show ip tunnel
show ip tunnel show t0
show ip -d tunnel show t1
show ip -s tunnel show t0
show ip -j tunnel
show bridge link
show bridge -d link
show bridge -j link
show bridge fdb
show bridge fdb show br br0
show bridge fdb show dev vx0
show bridge -j fdb show dev vx0
show bridge -d fdb show dev vx0
show bridge -s fdb show dev vx0
show bridge vlan
show cat /proc/net/route
show cat /proc/net/arp
show cat /proc/net/dev
show cat /proc/sys/net/ipv4/conf/veth0/rp_filter
show sysctl net.ipv4.ip_forward net.ipv4.ip_default_ttl net.ipv4.conf.veth0.proxy_arp
show ls /sys/class/net
show cat /sys/class/net/veth0/mtu
show cat /sys/class/net/veth0/address
show cat /sys/class/net/veth0/operstate
