# vrouter cluster captures/cluster-no-encap/in --release v3.32 --mtu 1500 --print-script
ip netns add underlay
ip netns add node1
ip netns add node2
ip netns add node3
ip -n underlay link set dev lo up
ip netns exec underlay sysctl -qw net.ipv4.ip_forward=1
ip -n underlay link add name segment0 mtu 1500 address 02:f4:45:10:ea:46 type bridge
ip -n underlay link set dev segment0 up
ip -n underlay address add 10.0.1.1/24 broadcast 10.0.1.255 dev segment0
ip -n underlay link add name port1 mtu 1500 address 02:2c:da:ed:42:12 master segment0 up type veth peer name eth0 mtu 1500 address 02:42:47:bc:16:71 netns node1
ip -n node1 link set dev lo up
ip -n node1 link set dev eth0 up
ip -n node1 address add 10.0.1.11/24 broadcast 10.0.1.255 dev eth0
ip -n node1 route add default via 10.0.1.1 dev eth0
ip -n underlay link add name port2 mtu 1500 address 02:12:d3:d1:09:44 master segment0 up type veth peer name eth0 mtu 1500 address 02:f5:72:a7:43:c9 netns node2
ip -n node2 link set dev lo up
ip -n node2 link set dev eth0 up
ip -n node2 address add 10.0.1.12/24 broadcast 10.0.1.255 dev eth0
ip -n node2 route add default via 10.0.1.1 dev eth0
ip -n underlay link add name segment1 mtu 1500 address 02:22:39:9f:ba:b6 type bridge
ip -n underlay link set dev segment1 up
ip -n underlay address add 10.0.2.1/24 broadcast 10.0.2.255 dev segment1
ip -n underlay link add name port3 mtu 1500 address 02:a2:7f:23:f6:e4 master segment1 up type veth peer name eth0 mtu 1500 address 02:bf:8c:f6:79:ed netns node3
ip -n node3 link set dev lo up
ip -n node3 link set dev eth0 up
ip -n node3 address add 10.0.2.13/24 broadcast 10.0.2.255 dev eth0
ip -n node3 route add default via 10.0.2.1 dev eth0
ip netns exec node1 sysctl -qw net.ipv4.ip_forward=1
ip netns exec node2 sysctl -qw net.ipv4.ip_forward=1
ip netns exec node3 sysctl -qw net.ipv4.ip_forward=1
ip netns add default.web-1
ip -n default.web-1 link set dev lo up
ip -n default.web-1 link add name eth0 mtu 1500 address 02:f2:13:af:5c:b8 type veth peer name cali0761ccbeace mtu 1500
ip -n default.web-1 link set dev cali0761ccbeace address ee:ee:ee:ee:ee:ee
ip -n default.web-1 link set dev cali0761ccbeace up
ip -n default.web-1 link set dev eth0 up
ip -n default.web-1 route add 169.254.1.1 dev eth0
ip -n default.web-1 route add default via 169.254.1.1 dev eth0
ip -n default.web-1 address add 192.168.166.130/32 dev eth0
ip netns exec default.web-1 sysctl -qw net.ipv4.ip_forward=0
ip -n default.web-1 link set dev cali0761ccbeace netns node1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.route_localnet=1
ip netns exec node1 sysctl -qw net.ipv4.neigh.cali0761ccbeace.proxy_delay=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.proxy_arp=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.forwarding=1
ip netns exec node1 sysctl -eqw net.ipv6.conf.cali0761ccbeace.accept_ra=0
ip -n node1 link set dev cali0761ccbeace up
ip -n node1 route add 192.168.166.130 dev cali0761ccbeace
ip netns add default.web-2
ip -n default.web-2 link set dev lo up
ip -n default.web-2 link add name eth0 mtu 1500 address 02:f8:c1:36:35:8d type veth peer name cali9fb0db7f13e mtu 1500
ip -n default.web-2 link set dev cali9fb0db7f13e address ee:ee:ee:ee:ee:ee
ip -n default.web-2 link set dev cali9fb0db7f13e up
ip -n default.web-2 link set dev eth0 up
ip -n default.web-2 route add 169.254.1.1 dev eth0
ip -n default.web-2 route add default via 169.254.1.1 dev eth0
ip -n default.web-2 address add 192.168.166.131/32 dev eth0
ip netns exec default.web-2 sysctl -qw net.ipv4.ip_forward=0
ip -n default.web-2 link set dev cali9fb0db7f13e netns node1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.route_localnet=1
ip netns exec node1 sysctl -qw net.ipv4.neigh.cali9fb0db7f13e.proxy_delay=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.proxy_arp=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.forwarding=1
ip netns exec node1 sysctl -eqw net.ipv6.conf.cali9fb0db7f13e.accept_ra=0
ip -n node1 link set dev cali9fb0db7f13e up
ip -n node1 route add 192.168.166.131 dev cali9fb0db7f13e
ip netns add shop.api-0
ip -n shop.api-0 link set dev lo up
ip -n shop.api-0 link add name eth0 mtu 1500 address 02:41:e5:db:2b:65 type veth peer name calieb97322ec89 mtu 1500
ip -n shop.api-0 link set dev calieb97322ec89 address ee:ee:ee:ee:ee:ee
ip -n shop.api-0 link set dev calieb97322ec89 up
ip -n shop.api-0 link set dev eth0 up
ip -n shop.api-0 route add 169.254.1.1 dev eth0
ip -n shop.api-0 route add default via 169.254.1.1 dev eth0
ip -n shop.api-0 address add 192.168.104.1/32 dev eth0
ip netns exec shop.api-0 sysctl -qw net.ipv4.ip_forward=0
ip -n shop.api-0 link set dev calieb97322ec89 netns node2
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.route_localnet=1
ip netns exec node2 sysctl -qw net.ipv4.neigh.calieb97322ec89.proxy_delay=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.proxy_arp=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.forwarding=1
ip netns exec node2 sysctl -eqw net.ipv6.conf.calieb97322ec89.accept_ra=0
ip -n node2 link set dev calieb97322ec89 up
ip -n node2 route add 192.168.104.1 dev calieb97322ec89
ip netns add shop.api-1
ip -n shop.api-1 link set dev lo up
ip -n shop.api-1 link add name eth0 mtu 1500 address 02:d5:39:ae:39:dd type veth peer name calidc9f65f8e42 mtu 1500
ip -n shop.api-1 link set dev calidc9f65f8e42 address ee:ee:ee:ee:ee:ee
ip -n shop.api-1 link set dev calidc9f65f8e42 up
ip -n shop.api-1 link set dev eth0 up
ip -n shop.api-1 route add 169.254.1.1 dev eth0
ip -n shop.api-1 route add default via 169.254.1.1 dev eth0
ip -n shop.api-1 address add 192.168.104.2/32 dev eth0
ip netns exec shop.api-1 sysctl -qw net.ipv4.ip_forward=0
ip -n shop.api-1 link set dev calidc9f65f8e42 netns node2
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.route_localnet=1
ip netns exec node2 sysctl -qw net.ipv4.neigh.calidc9f65f8e42.proxy_delay=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.proxy_arp=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.forwarding=1
ip netns exec node2 sysctl -eqw net.ipv6.conf.calidc9f65f8e42.accept_ra=0
ip -n node2 link set dev calidc9f65f8e42 up
ip -n node2 route add 192.168.104.2 dev calidc9f65f8e42
ip netns add shop.db-0
ip -n shop.db-0 link set dev lo up
ip -n shop.db-0 link add name eth0 mtu 1500 address 02:9e:76:63:69:73 type veth peer name cali43878a68a0a mtu 1500
ip -n shop.db-0 link set dev cali43878a68a0a address ee:ee:ee:ee:ee:ee
ip -n shop.db-0 link set dev cali43878a68a0a up
ip -n shop.db-0 link set dev eth0 up
ip -n shop.db-0 route add 169.254.1.1 dev eth0
ip -n shop.db-0 route add default via 169.254.1.1 dev eth0
ip -n shop.db-0 address add 192.168.135.10/32 dev eth0
ip netns exec shop.db-0 sysctl -qw net.ipv4.ip_forward=0
ip -n shop.db-0 link set dev cali43878a68a0a netns node3
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.route_localnet=1
ip netns exec node3 sysctl -qw net.ipv4.neigh.cali43878a68a0a.proxy_delay=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.proxy_arp=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.forwarding=1
ip netns exec node3 sysctl -eqw net.ipv6.conf.cali43878a68a0a.accept_ra=0
ip -n node3 link set dev cali43878a68a0a up
ip -n node3 route add 192.168.135.10 dev cali43878a68a0a
ip netns add shop.db-1
ip -n shop.db-1 link set dev lo up
ip -n shop.db-1 link add name eth0 mtu 1500 address 02:8f:8d:58:d9:bb type veth peer name cali7fd651e3ab8 mtu 1500
ip -n shop.db-1 link set dev cali7fd651e3ab8 address ee:ee:ee:ee:ee:ee
ip -n shop.db-1 link set dev cali7fd651e3ab8 up
ip -n shop.db-1 link set dev eth0 up
ip -n shop.db-1 route add 169.254.1.1 dev eth0
ip -n shop.db-1 route add default via 169.254.1.1 dev eth0
ip -n shop.db-1 address add 192.168.135.11/32 dev eth0
ip netns exec shop.db-1 sysctl -qw net.ipv4.ip_forward=0
ip -n shop.db-1 link set dev cali7fd651e3ab8 netns node3
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.route_localnet=1
ip netns exec node3 sysctl -qw net.ipv4.neigh.cali7fd651e3ab8.proxy_delay=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.proxy_arp=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.forwarding=1
ip netns exec node3 sysctl -eqw net.ipv6.conf.cali7fd651e3ab8.accept_ra=0
ip -n node3 link set dev cali7fd651e3ab8 up
ip -n node3 route add 192.168.135.11 dev cali7fd651e3ab8
ip netns exec node1 sysctl -eqw net.ipv6.conf.cali0761ccbeace.accept_ra=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.route_localnet=1
ip netns exec node1 sysctl -qw net.ipv4.neigh.cali0761ccbeace.proxy_delay=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.proxy_arp=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.forwarding=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali0761ccbeace.rp_filter=0
ip netns exec node1 sysctl -eqw net.ipv6.conf.cali9fb0db7f13e.accept_ra=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.route_localnet=1
ip netns exec node1 sysctl -qw net.ipv4.neigh.cali9fb0db7f13e.proxy_delay=0
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.proxy_arp=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.forwarding=1
ip netns exec node1 sysctl -qw net.ipv4.conf.cali9fb0db7f13e.rp_filter=0
ip -n node1 route delete unicast 192.168.166.130 dev cali0761ccbeace proto boot scope link
ip -n node1 route delete unicast 192.168.166.131 dev cali9fb0db7f13e proto boot scope link
ip -n node1 route replace 192.168.166.130 dev cali0761ccbeace metric 1024
ip -n node1 route replace 192.168.166.131 dev cali9fb0db7f13e metric 1024
ip -n node1 route replace blackhole 192.168.166.128/26 proto bird
ip -n node1 route replace 192.168.104.0/26 via 10.0.1.12 dev eth0 proto bird metric 1024
ip -n node1 route replace 192.168.135.0/26 via 10.0.1.1 dev eth0 proto bird metric 1024
ip netns exec node2 sysctl -eqw net.ipv6.conf.calieb97322ec89.accept_ra=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.route_localnet=1
ip netns exec node2 sysctl -qw net.ipv4.neigh.calieb97322ec89.proxy_delay=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.proxy_arp=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.forwarding=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calieb97322ec89.rp_filter=0
ip netns exec node2 sysctl -eqw net.ipv6.conf.calidc9f65f8e42.accept_ra=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.route_localnet=1
ip netns exec node2 sysctl -qw net.ipv4.neigh.calidc9f65f8e42.proxy_delay=0
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.proxy_arp=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.forwarding=1
ip netns exec node2 sysctl -qw net.ipv4.conf.calidc9f65f8e42.rp_filter=0
ip -n node2 route delete unicast 192.168.104.1 dev calieb97322ec89 proto boot scope link
ip -n node2 route delete unicast 192.168.104.2 dev calidc9f65f8e42 proto boot scope link
ip -n node2 route replace 192.168.104.1 dev calieb97322ec89 metric 1024
ip -n node2 route replace 192.168.104.2 dev calidc9f65f8e42 metric 1024
ip -n node2 route replace 192.168.166.128/26 via 10.0.1.11 dev eth0 proto bird metric 1024
ip -n node2 route replace blackhole 192.168.104.0/26 proto bird
ip -n node2 route replace 192.168.135.0/26 via 10.0.1.1 dev eth0 proto bird metric 1024
ip netns exec node3 sysctl -eqw net.ipv6.conf.cali43878a68a0a.accept_ra=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.route_localnet=1
ip netns exec node3 sysctl -qw net.ipv4.neigh.cali43878a68a0a.proxy_delay=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.proxy_arp=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.forwarding=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali43878a68a0a.rp_filter=0
ip netns exec node3 sysctl -eqw net.ipv6.conf.cali7fd651e3ab8.accept_ra=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.route_localnet=1
ip netns exec node3 sysctl -qw net.ipv4.neigh.cali7fd651e3ab8.proxy_delay=0
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.proxy_arp=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.forwarding=1
ip netns exec node3 sysctl -qw net.ipv4.conf.cali7fd651e3ab8.rp_filter=0
ip -n node3 route delete unicast 192.168.135.10 dev cali43878a68a0a proto boot scope link
ip -n node3 route delete unicast 192.168.135.11 dev cali7fd651e3ab8 proto boot scope link
ip -n node3 route replace 192.168.135.10 dev cali43878a68a0a metric 1024
ip -n node3 route replace 192.168.135.11 dev cali7fd651e3ab8 metric 1024
ip -n node3 route replace 192.168.166.128/26 via 10.0.2.1 dev eth0 proto bird metric 1024
ip -n node3 route replace 192.168.104.0/26 via 10.0.2.1 dev eth0 proto bird metric 1024
ip -n node3 route replace blackhole 192.168.135.0/26 proto bird
