# Two nodes in one subnet, the third behind a router, IPIP only where the router is between: Felix of v3.33 writes the
# routes.
. ./steps.sh
tables
begin tunl0
everybody
sizes 192.168.104.1 1452 1453 1472 1473
sizes 192.168.135.10 1452 1453 1472
limits
afterwards
finish

echo "== a reply that comes back another way"
ip -n node2 route replace 192.168.166.128/26 via 10.0.1.11 dev tunl0 proto 80 onlink mtu 1480
pings default.web-1 192.168.104.1
ip netns exec node1 sysctl -qw net.ipv4.conf.tunl0.rp_filter=1
ip netns exec node1 sysctl -qw net.ipv4.conf.all.rp_filter=1
pings default.web-1 192.168.104.1
ip -n node1 route get 192.168.104.1
