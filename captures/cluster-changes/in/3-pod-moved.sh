# test/kernel/cluster-changes.ts: 3-pod-moved
ip netns delete default.y
ip netns add default.y
ip -n default.y link set dev lo up
ip -n default.y link add name eth0 mtu 1450 address 02:ff:0a:26:b9:1e type veth peer name caliy mtu 1450
ip -n default.y link set dev caliy address ee:ee:ee:ee:ee:ee
ip -n default.y link set dev caliy up
ip -n default.y link set dev eth0 up
ip -n default.y route add 169.254.1.1 dev eth0
ip -n default.y route add default via 169.254.1.1 dev eth0
ip -n default.y address add 10.244.2.5/32 dev eth0
ip netns exec default.y sysctl -qw net.ipv4.ip_forward=0
ip -n default.y link set dev caliy netns c
ip netns exec c sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec c sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip -n c link set dev caliy up
ip -n c route add 10.244.2.5 dev caliy
ip -n a route replace 10.244.2.5 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip -n b route replace 10.244.2.5 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip netns exec c sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip netns exec c sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec c sysctl -qw net.ipv4.conf.caliy.rp_filter=0
ip -n c route delete unicast 10.244.2.5 dev caliy proto boot scope link
ip -n c route replace 10.244.2.5 dev caliy metric 1024
