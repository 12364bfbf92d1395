# test/kernel/cluster-changes.ts: 5-node-back
ip netns add b
ip -n underlay link add name port4 mtu 1500 address 02:62:00:9d:f3:3a master segment0 up type veth peer name eth0 mtu 1500 address 02:69:42:43:c5:8b netns b
ip -n b link set dev lo up
ip -n b link set dev eth0 up
ip -n b address add 10.0.0.9/24 broadcast 10.0.0.255 dev eth0
ip -n b route add default via 10.0.0.1 dev eth0
ip -n a neighbour replace 10.244.2.0 dev vxlan.calico lladdr 66:e9:d7:1f:5e:e7 nud permanent
bridge -n a fdb replace 66:e9:d7:1f:5e:e7 dev vxlan.calico dst 10.0.0.9 self permanent
ip -n c neighbour replace 10.244.2.0 dev vxlan.calico lladdr 66:e9:d7:1f:5e:e7 nud permanent
bridge -n c fdb replace 66:e9:d7:1f:5e:e7 dev vxlan.calico dst 10.0.0.9 self permanent
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n b link add name vxlan.calico mtu 1450 address 66:e9:d7:1f:5e:e7 type vxlan id 4096 local 10.0.0.9 dev eth0 dstport 4789 nolearning
ip -n b address add 10.244.2.0/32 dev vxlan.calico
ip -n b link set dev vxlan.calico up
ip -n b neighbour replace 10.244.1.0 dev vxlan.calico lladdr 66:86:f7:e4:37:fa nud permanent
ip -n b neighbour replace 10.244.3.0 dev vxlan.calico lladdr 66:84:a5:16:84:1b nud permanent
bridge -n b fdb replace 66:86:f7:e4:37:fa dev vxlan.calico dst 10.0.0.2 self permanent
bridge -n b fdb replace 66:84:a5:16:84:1b dev vxlan.calico dst 10.0.1.4 self permanent
ip -n a route replace 10.244.2.5 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip -n a route replace 10.244.2.0/26 via 10.0.0.9 dev eth0 onlink proto 80
ip -n c route replace 10.244.2.0/26 via 10.244.2.0 dev vxlan.calico onlink mtu 1450
ip -n b route replace 10.244.1.0/26 via 10.0.0.2 dev eth0 onlink proto 80
ip -n b route replace blackhole 10.244.2.0/26 proto 80
ip -n b route replace 10.244.3.0/26 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip -n b route replace 10.244.2.5 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
