# test/kernel/cluster-changes.ts: 2-vxlan
ip -n a address delete 10.244.1.0/32 dev tunl0
ip -n a link add name vxlan.calico mtu 1450 address 66:86:f7:e4:37:fa type vxlan id 4096 local 10.0.0.2 dev eth0 dstport 4789 nolearning
ip -n a address add 10.244.1.0/32 dev vxlan.calico
ip -n a link set dev vxlan.calico up
ip -n a neighbour replace 10.244.2.0 dev vxlan.calico lladdr 66:e9:d7:1f:5e:e7 nud permanent
ip -n a neighbour replace 10.244.3.0 dev vxlan.calico lladdr 66:84:a5:16:84:1b nud permanent
bridge -n a fdb replace 66:e9:d7:1f:5e:e7 dev vxlan.calico dst 10.0.0.3 self permanent
bridge -n a fdb replace 66:84:a5:16:84:1b dev vxlan.calico dst 10.0.1.4 self permanent
ip -n b address delete 10.244.2.0/32 dev tunl0
ip -n b link add name vxlan.calico mtu 1450 address 66:e9:d7:1f:5e:e7 type vxlan id 4096 local 10.0.0.3 dev eth0 dstport 4789 nolearning
ip -n b address add 10.244.2.0/32 dev vxlan.calico
ip -n b link set dev vxlan.calico up
ip -n b neighbour replace 10.244.1.0 dev vxlan.calico lladdr 66:86:f7:e4:37:fa nud permanent
ip -n b neighbour replace 10.244.3.0 dev vxlan.calico lladdr 66:84:a5:16:84:1b nud permanent
bridge -n b fdb replace 66:86:f7:e4:37:fa dev vxlan.calico dst 10.0.0.2 self permanent
bridge -n b fdb replace 66:84:a5:16:84:1b dev vxlan.calico dst 10.0.1.4 self permanent
ip -n c address delete 10.244.3.0/32 dev tunl0
ip -n c link add name vxlan.calico mtu 1450 address 66:84:a5:16:84:1b type vxlan id 4096 local 10.0.1.4 dev eth0 dstport 4789 nolearning
ip -n c address add 10.244.3.0/32 dev vxlan.calico
ip -n c link set dev vxlan.calico up
ip -n c neighbour replace 10.244.1.0 dev vxlan.calico lladdr 66:86:f7:e4:37:fa nud permanent
ip -n c neighbour replace 10.244.2.0 dev vxlan.calico lladdr 66:e9:d7:1f:5e:e7 nud permanent
bridge -n c fdb replace 66:86:f7:e4:37:fa dev vxlan.calico dst 10.0.0.2 self permanent
bridge -n c fdb replace 66:e9:d7:1f:5e:e7 dev vxlan.calico dst 10.0.0.3 self permanent
ip netns exec a sysctl -eqw net.ipv6.conf.calix.accept_ra=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.route_localnet=1
ip netns exec a sysctl -qw net.ipv4.neigh.calix.proxy_delay=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.proxy_arp=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.forwarding=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.rp_filter=0
ip -n a route replace 10.244.2.0/26 via 10.0.0.3 dev eth0 onlink proto 80
ip -n a route replace 10.244.3.0/26 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip -n a neighbour replace 10.244.1.5 dev calix lladdr 02:00:00:00:00:05 nud permanent
ip netns exec b sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip netns exec b sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec b sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec b sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec b sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec b sysctl -qw net.ipv4.conf.caliy.rp_filter=0
ip -n b route replace 10.244.1.0/26 via 10.0.0.2 dev eth0 onlink proto 80
ip -n b route replace 10.244.3.0/26 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip netns exec c sysctl -eqw net.ipv6.conf.caliz.accept_ra=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliz.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.forwarding=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.rp_filter=0
ip -n c route replace 10.244.1.0/26 via 10.244.1.0 dev vxlan.calico onlink mtu 1450
ip -n c route replace 10.244.2.0/26 via 10.244.2.0 dev vxlan.calico onlink mtu 1450
