# Builds two Calico nodes (VXLAN) with two pods each; use it with `. ./lab.sh`.
#
#   pod73 192.168.36.73 ─┐                                           ┌─ pod4 192.168.202.4
#                        ├ node1 10.211.55.8 ─ lan0 ─ 10.211.55.9 node2 ┤
#   pod75 192.168.36.75 ─┘                                           └─ pod5 192.168.202.5

# Neighbours stay as they are for the whole lab: how long it takes depends on the machine.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600

# The network between the nodes: a switch with a gateway.
ip link add lan0 address 00:1c:42:00:00:18 type bridge
ip address add 10.211.55.1/24 dev lan0
ip link set lan0 up

# node NAME ADDRESS MAC
node() {
  ip netns add "$1"
  ip link add "$1" type veth peer name eth0 netns "$1"
  ip link set "$1" master lan0 up
  ip -n "$1" link set lo up
  ip -n "$1" link set eth0 address "$3" up
  ip -n "$1" address add "$2/24" brd + dev eth0
  ip -n "$1" route add default via 10.211.55.1
  ip netns exec "$1" sysctl -qw net.ipv4.ip_forward=1
  ip netns exec "$1" sysctl -qw net.ipv4.icmp_ratelimit=0
}

# tunnel NODE ADDRESS MAC OWN-BLOCK NODE-ADDRESS
tunnel() {
  ip -n "$1" link add vxlan.calico address "$3" type vxlan id 4096 dstport 4789 nolearning local "$5" dev eth0
  ip -n "$1" link set vxlan.calico mtu 1450 up
  ip -n "$1" address add "$2/32" dev vxlan.calico
  ip -n "$1" route add blackhole "$4" proto 80
}

# remote NODE BLOCK VTEP VTEP-MAC REMOTE-NODE
remote() {
  ip -n "$1" neigh add "$3" dev vxlan.calico lladdr "$4" nud permanent
  bridge -n "$1" fdb add "$4" dev vxlan.calico dst "$5" self permanent
  ip -n "$1" route add "$2" via "$3" dev vxlan.calico onlink
}

# pod NODE NAME ADDRESS MAC INTERFACE
pod() {
  ip netns add "$2"
  ip -n "$1" link add "$5" mtu 1450 type veth peer name eth0 mtu 1450 netns "$2"
  ip -n "$1" link set "$5" address ee:ee:ee:ee:ee:ee
  ip netns exec "$1" sysctl -qw "net.ipv4.conf.$5.route_localnet=1"
  ip netns exec "$1" sysctl -qw "net.ipv4.neigh.$5.proxy_delay=0"
  ip netns exec "$1" sysctl -qw "net.ipv4.conf.$5.proxy_arp=1"
  ip netns exec "$1" sysctl -qw "net.ipv4.conf.$5.forwarding=1"
  ip -n "$1" link set "$5" up
  ip -n "$2" link set lo up
  ip -n "$2" link set eth0 address "$4" up
  ip -n "$2" address add "$3/32" dev eth0
  ip -n "$2" route add 169.254.1.1 dev eth0 scope link
  ip -n "$2" route add default via 169.254.1.1 dev eth0
  ip -n "$1" route add "$3" dev "$5" scope link
  ip -n "$1" neigh replace "$3" dev "$5" lladdr "$4" nud permanent
}

node node1 10.211.55.8 00:1c:42:1a:00:08
node node2 10.211.55.9 00:1c:42:1a:00:09
tunnel node1 192.168.36.64 66:f9:37:c3:7e:94 192.168.36.64/26 10.211.55.8
tunnel node2 192.168.202.0 66:2d:bf:44:a6:8b 192.168.202.0/26 10.211.55.9
remote node1 192.168.202.0/26 192.168.202.0 66:2d:bf:44:a6:8b 10.211.55.9
remote node2 192.168.36.64/26 192.168.36.64 66:f9:37:c3:7e:94 10.211.55.8
pod node1 pod73 192.168.36.73 b2:11:c0:a8:24:49 calic2730abf871
pod node1 pod75 192.168.36.75 b2:11:c0:a8:24:4b calif6f6818d0b6
pod node2 pod4 192.168.202.4 b2:11:c0:a8:ca:04 cali3a3e66463d6
pod node2 pod5 192.168.202.5 b2:11:c0:a8:ca:05 cali8e9fad9b07c
