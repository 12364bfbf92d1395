# test/kernel/cluster-changes.ts: 6-ipip
ip -n a address add 10.244.1.1/32 dev tunl0
ip -n a link delete dev vxlan.calico
ip -n c address add 10.244.3.1/32 dev tunl0
ip -n c link delete dev vxlan.calico
ip -n b link set dev tunl0 up
ip -n b address add 10.244.2.1/32 dev tunl0
ip -n b link delete dev vxlan.calico
ip netns exec a sysctl -eqw net.ipv6.conf.calix.accept_ra=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.route_localnet=1
ip netns exec a sysctl -qw net.ipv4.neigh.calix.proxy_delay=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.proxy_arp=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.forwarding=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.rp_filter=0
ip -n a route replace 10.244.3.0/26 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
ip -n a route replace 10.244.2.5 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
ip -n a neighbour replace 10.244.1.5 dev calix lladdr 02:00:00:00:00:05 nud permanent
ip netns exec c sysctl -eqw net.ipv6.conf.caliz.accept_ra=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliz.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.forwarding=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.rp_filter=0
ip netns exec c sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip netns exec c sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec c sysctl -qw net.ipv4.conf.caliy.rp_filter=0
ip -n c route replace 10.244.1.0/26 via 10.0.0.2 dev tunl0 onlink proto 80 mtu 1480
ip -n c route replace 10.244.2.0/26 via 10.0.0.9 dev tunl0 onlink proto 80 mtu 1480
ip -n b route replace 10.244.3.0/26 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
ip -n b route replace 10.244.2.5 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
