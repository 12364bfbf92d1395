# test/kernel/cluster-changes.ts: 1-start
ip netns add underlay
ip netns add a
ip netns add b
ip netns add c
ip -n underlay link set dev lo up
ip netns exec underlay sysctl -qw net.ipv4.ip_forward=1
ip -n underlay link add name segment0 mtu 1500 address 02:f4:45:10:ea:46 type bridge
ip -n underlay link set dev segment0 up
ip -n underlay address add 10.0.0.1/24 broadcast 10.0.0.255 dev segment0
ip -n underlay link add name port1 mtu 1500 address 02:2c:da:ed:42:12 master segment0 up type veth peer name eth0 mtu 1500 address 02:5b:90:19:9f:cf netns a
ip -n a link set dev lo up
ip -n a link set dev eth0 up
ip -n a address add 10.0.0.2/24 broadcast 10.0.0.255 dev eth0
ip -n a route add default via 10.0.0.1 dev eth0
ip -n underlay link add name port2 mtu 1500 address 02:12:d3:d1:09:44 master segment0 up type veth peer name eth0 mtu 1500 address 02:69:42:43:c5:8b netns b
ip -n b link set dev lo up
ip -n b link set dev eth0 up
ip -n b address add 10.0.0.3/24 broadcast 10.0.0.255 dev eth0
ip -n b route add default via 10.0.0.1 dev eth0
ip -n underlay link add name segment1 mtu 1500 address 02:22:39:9f:ba:b6 type bridge
ip -n underlay link set dev segment1 up
ip -n underlay address add 10.0.1.1/24 broadcast 10.0.1.255 dev segment1
ip -n underlay link add name port3 mtu 1500 address 02:a2:7f:23:f6:e4 master segment1 up type veth peer name eth0 mtu 1500 address 02:1f:76:7a:1f:e8 netns c
ip -n c link set dev lo up
ip -n c link set dev eth0 up
ip -n c address add 10.0.1.4/24 broadcast 10.0.1.255 dev eth0
ip -n c route add default via 10.0.1.1 dev eth0
ip netns exec a sysctl -qw net.ipv4.ip_forward=1
modprobe ipip
ip -n a link set dev tunl0 up
ip -n a address add 10.244.1.0/32 dev tunl0
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n b link set dev tunl0 up
ip -n b address add 10.244.2.0/32 dev tunl0
ip netns exec c sysctl -qw net.ipv4.ip_forward=1
ip -n c link set dev tunl0 up
ip -n c address add 10.244.3.0/32 dev tunl0
ip netns add default.x
ip -n default.x link set dev lo up
ip -n default.x link add name eth0 mtu 1480 address 02:00:00:00:00:05 type veth peer name calix mtu 1480
ip -n default.x link set dev calix address ee:ee:ee:ee:ee:ee
ip -n default.x link set dev calix up
ip -n default.x link set dev eth0 up
ip -n default.x route add 169.254.1.1 dev eth0
ip -n default.x route add default via 169.254.1.1 dev eth0
ip -n default.x address add 10.244.1.5/32 dev eth0
ip netns exec default.x sysctl -qw net.ipv4.ip_forward=0
ip -n default.x link set dev calix netns a
ip netns exec a sysctl -qw net.ipv4.conf.calix.route_localnet=1
ip netns exec a sysctl -qw net.ipv4.neigh.calix.proxy_delay=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.proxy_arp=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.forwarding=1
ip netns exec a sysctl -eqw net.ipv6.conf.calix.accept_ra=0
ip -n a link set dev calix up
ip -n a route add 10.244.1.5 dev calix
ip netns add default.y
ip -n default.y link set dev lo up
ip -n default.y link add name eth0 mtu 1480 address 02:ff:0a:26:b9:1e type veth peer name caliy mtu 1480
ip -n default.y link set dev caliy address ee:ee:ee:ee:ee:ee
ip -n default.y link set dev caliy up
ip -n default.y link set dev eth0 up
ip -n default.y route add 169.254.1.1 dev eth0
ip -n default.y route add default via 169.254.1.1 dev eth0
ip -n default.y address add 10.244.2.5/32 dev eth0
ip netns exec default.y sysctl -qw net.ipv4.ip_forward=0
ip -n default.y link set dev caliy netns b
ip netns exec b sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec b sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec b sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec b sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec b sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip -n b link set dev caliy up
ip -n b route add 10.244.2.5 dev caliy
ip netns add default.z
ip -n default.z link set dev lo up
ip -n default.z link add name eth0 mtu 1480 address 02:e7:a1:cf:c2:00 type veth peer name caliz mtu 1480
ip -n default.z link set dev caliz address ee:ee:ee:ee:ee:ee
ip -n default.z link set dev caliz up
ip -n default.z link set dev eth0 up
ip -n default.z route add 169.254.1.1 dev eth0
ip -n default.z route add default via 169.254.1.1 dev eth0
ip -n default.z address add 10.244.3.5/32 dev eth0
ip netns exec default.z sysctl -qw net.ipv4.ip_forward=0
ip -n default.z link set dev caliz netns c
ip netns exec c sysctl -qw net.ipv4.conf.caliz.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliz.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.forwarding=1
ip netns exec c sysctl -eqw net.ipv6.conf.caliz.accept_ra=0
ip -n c link set dev caliz up
ip -n c route add 10.244.3.5 dev caliz
ip netns exec a sysctl -eqw net.ipv6.conf.calix.accept_ra=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.route_localnet=1
ip netns exec a sysctl -qw net.ipv4.neigh.calix.proxy_delay=0
ip netns exec a sysctl -qw net.ipv4.conf.calix.proxy_arp=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.forwarding=1
ip netns exec a sysctl -qw net.ipv4.conf.calix.rp_filter=0
ip -n a route delete unicast 10.244.1.5 dev calix proto boot scope link
ip -n a route replace blackhole 10.244.1.0/26 proto 80
ip -n a route replace 10.244.2.0/26 via 10.0.0.3 dev tunl0 onlink proto 80 mtu 1480
ip -n a route replace 10.244.3.0/26 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
ip -n a route replace 10.244.1.5 dev calix metric 1024
ip -n a neighbour replace 10.244.1.5 dev calix lladdr 02:00:00:00:00:05 nud permanent
ip netns exec b sysctl -eqw net.ipv6.conf.caliy.accept_ra=0
ip netns exec b sysctl -qw net.ipv4.conf.caliy.route_localnet=1
ip netns exec b sysctl -qw net.ipv4.neigh.caliy.proxy_delay=0
ip netns exec b sysctl -qw net.ipv4.conf.caliy.proxy_arp=1
ip netns exec b sysctl -qw net.ipv4.conf.caliy.forwarding=1
ip netns exec b sysctl -qw net.ipv4.conf.caliy.rp_filter=0
ip -n b route delete unicast 10.244.2.5 dev caliy proto boot scope link
ip -n b route replace 10.244.1.0/26 via 10.0.0.2 dev tunl0 onlink proto 80 mtu 1480
ip -n b route replace blackhole 10.244.2.0/26 proto 80
ip -n b route replace 10.244.3.0/26 via 10.0.1.4 dev tunl0 onlink proto 80 mtu 1480
ip -n b route replace 10.244.2.5 dev caliy metric 1024
ip netns exec c sysctl -eqw net.ipv6.conf.caliz.accept_ra=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.route_localnet=1
ip netns exec c sysctl -qw net.ipv4.neigh.caliz.proxy_delay=0
ip netns exec c sysctl -qw net.ipv4.conf.caliz.proxy_arp=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.forwarding=1
ip netns exec c sysctl -qw net.ipv4.conf.caliz.rp_filter=0
ip -n c route delete unicast 10.244.3.5 dev caliz proto boot scope link
ip -n c route replace 10.244.1.0/26 via 10.0.0.2 dev tunl0 onlink proto 80 mtu 1480
ip -n c route replace 10.244.2.0/26 via 10.0.0.3 dev tunl0 onlink proto 80 mtu 1480
ip -n c route replace blackhole 10.244.3.0/26 proto 80
ip -n c route replace 10.244.3.5 dev caliz metric 1024
