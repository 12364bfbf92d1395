# test/kernel/cluster-changes.ts: 4-node-left
ip netns delete b
ip -n a neighbour delete 10.244.2.0 dev vxlan.calico
bridge -n a fdb delete 66:e9:d7:1f:5e:e7 dev vxlan.calico self permanent
ip -n c neighbour delete 10.244.2.0 dev vxlan.calico
bridge -n c fdb delete 66:e9:d7:1f:5e:e7 dev vxlan.calico self permanent
ip -n a route delete unicast 10.244.2.5 via 10.244.3.0 dev vxlan.calico onlink proto boot scope global mtu 1450
ip -n a route replace 10.244.2.0/26 via 10.244.3.0 dev vxlan.calico onlink mtu 1450
ip -n c route replace blackhole 10.244.2.0/26 proto 80
