# ip netconf: which settings of a device's IPv4 rtnetlink tells.
ip netns add a
ip -n a link set lo up
ip -n a link add d0 address 02:00:00:00:00:01 type dummy
ip -n a link add d1 address 02:00:00:00:00:02 type dummy
ip netns exec a sysctl -qw net.ipv4.conf.d0.forwarding=1 net.ipv4.conf.d0.rp_filter=2 net.ipv4.conf.d1.proxy_arp=1
ip netns exec a sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.ignore_routes_with_linkdown=1 net.ipv4.conf.d1.bc_forwarding=1
ip -n a netconf
ip -n a netconf show
ip -n a netconf list dev d0
ip -n a netconf show d1
ip -n a netconf show all
ip -n a netconf show default
ip -n a netconf show dev all
ip -n a -4 netconf
ip -n a -j netconf
ip -n a -j -p netconf show dev d0
ip -n a -o netconf show dev d0
ip -n a -j netconf show dev d0
ip -n a netconf show dev d9
echo $?
ip -n a netconf show dev
echo $?
ip -n a netconf show dev d0 dev d1
echo $?
ip -n a -6 netconf
echo $?
ip -n a -6 netconf show dev d0
echo $?
ip -n a netconf help
echo $?
ip -n a netconf add
echo $?
