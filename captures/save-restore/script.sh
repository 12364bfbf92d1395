# What iproute2 saves as netlink messages, and takes back: addresses, routes and rules.
ip netns add a
ip -n a link set lo up
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name veth0 address 02:00:00:00:00:02
ip -n a link add dummy0 address 02:00:00:00:00:03 type dummy
ip link set veth0 up
ip -n a link set eth0 up
ip -n a link set dummy0 up
ip -n a address add 10.0.0.1/24 brd + dev eth0
ip -n a address add 10.0.0.2/24 dev eth0 label eth0:1
ip -n a address add 10.0.1.1/24 dev eth0 noprefixroute metric 50
ip -n a address add 10.0.9.1 peer 10.0.9.2/32 dev dummy0 scope link
ip -n a address add 10.0.8.1/24 dev dummy0 valid_lft forever preferred_lft 0
ip -n a route add default via 10.0.0.254
ip -n a route add 10.1.0.0/16 via 10.0.0.253 metric 7 proto static src 10.0.0.2
ip -n a route add 10.2.0.0/16 nexthop via 10.0.0.253 weight 3 nexthop via 10.0.0.252
ip -n a route add 10.3.0.0/16 dev eth0 mtu lock 1400 rtt 20 hoplimit 9 initcwnd 12 quickack 1
ip -n a route add 10.4.0.0/16 via 192.168.0.1 dev eth0 onlink tos 0x10
ip -n a route add unreachable 10.5.0.0/16 metric 20
ip -n a route add blackhole 10.6.0.0/16 proto bird
ip -n a route add 10.7.0.0/16 dev eth0 table 100
ip -n a route add 10.8.0.0/16 via 10.0.0.253 realms 3/4 table 1000
ip -n a rule add from 10.0.0.0/8 lookup 100 priority 500
ip -n a rule add to 10.9.0.0/16 fwmark 0x10/0xff iif eth0 tos 0x10 prohibit priority 600
ip -n a rule add not from 10.0.0.7 oif dummy0 goto 32766 priority 700
ip -n a rule add ipproto udp sport 10-20 dport 53 table 1000 suppress_prefixlength 0 priority 800
ip -n a rule add uidrange 5-9 blackhole priority 900

echo "== saved"
ip -n a address save > /tmp/addresses
echo $?
ip -n a address save dev dummy0 > /tmp/dummy-addresses
ip -n a route save > /tmp/routes
echo $?
ip -n a route save table all > /tmp/all-routes
ip -n a route save 10.1.0.0/16 > /tmp/one-route
ip -n a route save table 77 > /tmp/no-routes
echo $?
ip -n a rule save > /tmp/rules
echo $?
ip -n a rule save from 10.0.0.0/8
echo $?
for file in addresses dummy-addresses routes all-routes rules; do
  wc -c < /tmp/$file
done

echo "== shown"
ip -n a address showdump < /tmp/addresses
ip -n a -j address showdump < /tmp/dummy-addresses
ip -n a route showdump < /tmp/routes
ip -n a route showdump < /tmp/all-routes
ip -n a -j route showdump < /tmp/one-route
ip -n a route showdump < /tmp/no-routes

echo "== restored"
ip -n a rule flush
ip -n a rule
ip -n a rule restore < /tmp/rules
echo $?
ip -n a rule
ip -n a rule restore < /tmp/rules
ip -n a rule | wc -l
ip -n a route flush table main
ip -n a route flush table 100
ip -n a route
ip -n a route restore < /tmp/routes
echo $?
ip -n a route
ip -n a route restore < /tmp/routes
echo $?
ip -n a route show table all
ip -n a address flush dev eth0
ip -n a address flush dev dummy0
ip -n a address
ip -n a address restore < /tmp/addresses
echo $?
ip -n a address
ip -n a address restore < /tmp/addresses
echo $?
ip -n a route restore < /tmp/all-routes
echo $?
ip -n a route show table all

echo "== elsewhere"
ip netns add b
ip -n b link set lo up
ip -n b route restore < /tmp/routes
echo $?
ip -n b address restore < /tmp/addresses
echo $?
ip -n b rule restore < /tmp/rules
echo $?
ip -n b rule
ip -n b route

echo "== not theirs"
ip -n a route restore < /tmp/rules
echo $?
ip -n a rule restore < /tmp/routes
echo $?
ip -n a address restore < /tmp/routes
echo $?
ip -n a address restore < /dev/null
echo $?
ip -n a route restore < /dev/null
echo $?
ip -n a route showdump < /dev/null
echo $?
head -c 30 /tmp/rules > /tmp/cut
ip -n a rule restore < /tmp/cut
echo $?
head -c 100 /tmp/routes > /tmp/cut
ip -n a route restore < /tmp/cut
echo $?
ip -n a route showdump < /tmp/cut
echo $?
