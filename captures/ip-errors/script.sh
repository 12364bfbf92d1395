# Wrong lines and what the tools and the kernel say about them, each with its exit status.
ip link set lo up
ip netns add a
ip link add d0 address 02:00:00:00:00:01 type dummy
ip address add 10.0.0.1/24 dev d0
ip link set d0 up
ip route add 10.5.0.0/16 via 10.0.0.2
# try COMMAND…: what it says, without the long usage texts, and its exit status.
try() {
  echo "\$ $*"
  "$@" >said.txt 2>&1
  code=$?
  head -n 4 said.txt
  echo "exit $code"
}

echo "== ip"
try ip foo
try ip -x link
try ip link foo
try ip -n nowhere link
try ip netns add a
try ip netns add a/b
try ip netns del nowhere
try ip netns exec nowhere true
try ip netns exec a false
try ip netns exec a nosuchcommand
try ip netns exec

echo "== ip link"
try ip link show nowhere
try ip link add
try ip link add d0 type dummy
try ip link add d1 type nosuch
try ip link add averyverylongname type dummy
try ip link add "bad name" type dummy
try ip link add d/1 type dummy
try ip link set
try ip link set nowhere up
try ip link set d0 mtu
try ip link set d0 mtu abc
try ip link set d0 mtu 10
try ip link set d0 mtu 70000
try ip link set d0 address 02:00:00
try ip link set d0 address 01:00:00:00:00:01
try ip link set d0 address zz:00:00:00:00:01
try ip link set d0 name lo
try ip link set d0 name d2
try ip link set d0 netns nowhere
try ip link set d0 master nowhere
try ip link set d0 master lo
try ip link set lo master lo
try ip link set d0 foo
try ip link set dev d0 up down foo
try ip link del lo
try ip link del nowhere
try ip link del
try ip link add v0 type veth peer name v0
try ip link add v0 type veth peer name d0
try ip link add x0 type vxlan id 16777216 dstport 4789
try ip link add x0 type vxlan dstport 4789
try ip link add x0 type vxlan id 1 dstport 4789 remote 1.2.3
try ip link add x0 type vxlan id 1 dstport 4789 dev nowhere
try ip link add x0 type vxlan id 1 dstport 4789 df maybe
try ip link add br0 type bridge foo

echo "== ip address"
try ip address add
try ip address add 10.0.0.1/24
try ip address add 10.0.0.1/24 dev d0
try ip address add 10.0.0.1/33 dev d0
try ip address add 10.0.0.256/24 dev d0
try ip address add 10.0.0.x/24 dev d0
try ip address add 10.0.0.1/24 dev nowhere
try ip address add 10.0.0.3/24 dev d0 scope nosuch
try ip address add 10.0.0.3/24 brd x dev d0
try ip address add 10.0.0.3/24 dev d0 label foo
try ip address add 10.0.0.3/24 dev d0 foo
try ip address del 10.9.9.9/24 dev d0
try ip address del 10.0.0.1/25 dev d0
try ip address show dev nowhere
try ip address show foo bar
try ip address flush

echo "== ip route"
try ip route add
try ip route add default
try ip route add 10.1.0.0/16
try ip route add 10.1.0.1/16 via 10.0.0.2
try ip route add 10.1.0.0/33 via 10.0.0.2
try ip route add 300.0.0.0/8 via 10.0.0.2
try ip route add 10.1.0.0/16 via 300.0.0.1
try ip route add 10.1.0.0/16 via 10.99.0.1
try ip route add 10.1.0.0/16 via 10.99.0.1 dev d0
try ip route add 10.1.0.0/16 via 10.99.0.1 dev d0 onlink
try ip route add 10.1.0.0/16 via 10.0.0.2
try ip route add 10.5.0.0/16 via 10.0.0.3
try ip route replace 10.5.0.0/16 via 10.0.0.1
try ip route add 10.2.0.0/16 dev nowhere
try ip route add 10.2.0.0/16 via 10.0.0.2 metric x
try ip route add 10.2.0.0/16 via 10.0.0.2 src 10.7.7.7
try ip route add 10.2.0.0/16 via 10.0.0.2 table nosuch
try ip route add 10.2.0.0/16 via 10.0.0.2 proto nosuch
try ip route add 10.2.0.0/16 via 10.0.0.2 scope nosuch
try ip route add 10.2.0.0/16 via 10.0.0.2 mtu x
try ip route add 10.2.0.0/16 via 10.0.0.2 scope host
try ip route add blackhole 10.2.0.0/16 dev d0
try ip route add blackhole 10.2.0.0/16 via 10.0.0.2
try ip route add nosuch 10.2.0.0/16
try ip route add 224.0.0.0/4 via 10.0.0.2
try ip route add 10.2.0.0/16 via 224.0.0.1
try ip route add 10.2.0.0/16 via 10.0.0.255
try ip route add 10.2.0.0/16 via 10.0.0.1
try ip route add 10.2.0.0/16 via 127.0.0.1
try ip route del 10.77.0.0/16
try ip route del 10.5.0.0/16 via 10.0.0.9
try ip route del
try ip route change 10.78.0.0/16 via 10.0.0.2
try ip route append 10.5.0.0/16 via 10.0.0.2
try ip route get
try ip route get 10.0.0
try ip route get 300.1.1.1
try ip route get 99.9.9.9
try ip route get 10.0.0.2 from 10.8.8.8
try ip route get 10.0.0.2 from 10.8.8.8 iif nowhere
try ip route get 10.0.0.2 foo
try ip route show table nosuch
try ip route show table 77
try ip route list foo
try ip route flush

echo "== ip rule, neigh, tunnel"
try ip rule add
try ip rule add from 10.0.0.0/8
try ip rule add from 10.0.0.0/8 lookup nosuch
try ip rule add from 10.0.0.0/40 lookup 5
try ip rule add lookup 5 pref 7
try ip rule add lookup 5 pref 7
try ip rule del pref 99
try ip rule foo
try ip neigh add 10.0.0.9 dev d0
try ip neigh add 10.0.0.9 lladdr 02:00 dev d0
try ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09
try ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev nowhere
try ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev d0 nud nosuch
try ip neigh del 10.0.0.9 dev d0
try ip neigh show dev nowhere
try ip neigh get 10.0.0.77 dev d0
try ip tunnel add
try ip tunnel add t0
try ip tunnel add t0 mode nosuch
try ip tunnel add t0 mode ipip local 1.2.3 remote 10.0.0.2
try ip tunnel add t0 mode ipip local 10.0.0.1 remote 10.0.0.2
try ip tunnel add t0 mode ipip local 10.0.0.1 remote 10.0.0.3
try ip tunnel add t1 mode ipip local 10.0.0.1 remote 10.0.0.2
try ip tunnel add t1 mode ipip local 10.0.0.1 remote 10.0.0.4 ttl 300
try ip tunnel add t1 mode ipip local 10.0.0.1 remote 10.0.0.4 ttl 5 nopmtudisc
try ip tunnel del nowhere
try ip tunnel del d0
try ip tunnel del tunl0
try ip tunnel show nowhere
try ip tunnel change t0 ttl 5

echo "== bridge"
try bridge
try bridge foo
try bridge fdb add
try bridge fdb add 02:00:00:00:00:05 dev nowhere
try bridge fdb add 02:00:00:00:00:05 dev d0
try bridge fdb add 02:00:00 dev d0
try bridge fdb add 02:00:00:00:00:05 dev d0 dst 10.0.0.300
try bridge fdb del 02:00:00:00:00:05 dev d0
try bridge fdb show dev nowhere
try bridge fdb show br nowhere
try bridge link set dev d0 learning on
try bridge link set dev nowhere learning on
try bridge link show dev nowhere

echo "== sysctl"
try sysctl
try sysctl net.ipv4.nosuch
try sysctl -w net.ipv4.nosuch=1
try sysctl -w net.ipv4.ip_forward
try sysctl -w net.ipv4.ip_forward=x
try sysctl -w net.ipv4.conf.nowhere.rp_filter=1
try sysctl -n net.ipv4.ip_forward
try sysctl net.ipv4.ip_forward net.ipv4.conf.d0.forwarding
try sysctl -e net.ipv4.nosuch
try sysctl -w net.ipv4.ip_default_ttl=0
try sysctl -w net.ipv4.ip_default_ttl=256
try sysctl -w net/ipv4/ip_forward=1
try cat /proc/sys/net/ipv4/conf/nowhere/forwarding

echo "== ping"
try ping -c
try ping -c 0 10.0.0.1
try ping -c x 10.0.0.1
try ping -c 1 -s 70000 10.0.0.1
try ping -c 1 -s x 10.0.0.1
try ping -c 1 -t 0 10.0.0.1
try ping -c 1 -t 256 10.0.0.1
try ping -c 1 -W x 10.0.0.1
try ping -c 1 -i 0 10.0.0.1
try ping -c 1 -M maybe 10.0.0.1
try ping -c 1 -Q 300 10.0.0.1
try ping -c 1 -I nowhere 10.0.0.1
try ping -c 1 -I 10.44.44.44 10.0.0.1
try ping -c 1 99.9.9.9
try ping -c 1 300.1.1.1
try ping -c 1 nosuchhost
try ping -c 1 10.0.0.255
try ping -Z 10.0.0.1

echo "== net-tools and brctl"
try ifconfig nowhere
try ifconfig nowhere up
try ifconfig d0 300.1.1.1
try ifconfig d0 mtu x
try route add default gw 10.99.0.1
try route add -net 10.3.0.1 netmask 255.255.0.0 gw 10.0.0.2
try route add -net 10.3.0.0/16 gw nosuchhost
try route del default
try route foo
try arp -n 10.0.0.66
try arp -d 10.0.0.66
try arp -s 10.0.0.66
try arp -s 10.99.0.66 02:00:00:00:00:66
try brctl addbr
try brctl addbr d0
try brctl delbr nowhere
try brctl addif nowhere d0
try brctl showmacs nowhere
try brctl showstp nowhere

echo "== tcpdump and tcpreplay"
try tcpdump -i nowhere
try tcpdump -nr nosuch.pcap
try tcpdump -nr script.sh
try tcpdump -c x -i d0
try tcpdump -i d0 foo bar
try tcpreplay -i nowhere nosuch.pcap
try tcpreplay -i d0 nosuch.pcap
try tcpreplay nosuch.pcap
try modprobe nosuch
try nosuchcommand
rm said.txt
