# Two Calico nodes with VXLAN: what the pods, the nodes and the tunnel do, captured at every interface.
. ./lab.sh

pids=
# capture NAMESPACE DEVICE
capture() {
  ip netns exec "$1" tcpdump -U -i "$2" -w "$1-$2.pcap" 2>/dev/null &
  pids="$pids $!"
}
capture pod73 eth0
capture pod75 eth0
capture pod4 eth0
capture pod5 eth0
capture node1 calic2730abf871
capture node1 calif6f6818d0b6
capture node1 vxlan.calico
capture node1 eth0
capture node2 eth0
capture node2 vxlan.calico
capture node2 cali3a3e66463d6
capture node2 cali8e9fad9b07c
sleep 2

echo "== what the user sees"
ip -n node1 address
ip -n node1 route
ip -n node1 -d link show vxlan.calico
bridge -n node1 fdb show dev vxlan.calico
ip -n node1 route get 192.168.202.5
ip -n node1 route get 192.168.202.5 from 192.168.36.73 iif calic2730abf871
ip -n pod73 address
ip -n pod73 route
ip -n node2 route

echo "== pod to pod, same node and other node"
ip netns exec pod73 ping -c 2 -i 0.2 192.168.36.75
ip netns exec pod73 ping -c 3 -i 0.2 192.168.202.5
ip netns exec pod4 ping -c 1 192.168.36.75
ip -n node1 neigh
ip -n node2 neigh
ip -n pod73 neigh
ip -n pod5 neigh

echo "== sizes, fragments allowed"
for size in 0 8 15 16 1372 1422 1423 1472 1473 2844 2845 4000; do
  ip netns exec pod73 ping -c 1 -W 1 -M dont -s $size 192.168.202.5
done

echo "== sizes, fragments forbidden"
for size in 1372 1422 1423 1472 4000; do
  ip netns exec pod75 ping -c 1 -W 1 -M do -s $size 192.168.202.4
done

echo "== through the larger MTU of the pod, forbidden and found out"
ip -n pod73 link set eth0 mtu 1500
ip -n node1 link set calic2730abf871 mtu 1500
ip netns exec pod73 ping -c 1 -W 1 -M do -s 1423 192.168.202.5
ip -n pod73 route get 192.168.202.5
ip netns exec pod73 ping -c 1 -W 1 -M do -s 1423 192.168.202.5
ip netns exec pod73 ping -c 1 -W 1 -M dont -s 1423 192.168.202.5
ip netns exec pod73 ping -c 1 -W 1 -M want -s 1423 192.168.202.5

echo "== time to live"
for ttl in 1 2 3; do
  ip netns exec pod73 ping -c 1 -W 0.3 -t $ttl 192.168.202.5
done

echo "== type of service and ECN"
for tos in 0x01 0x02 0x03 0x10 0xb8 0xbb 0xfc; do
  ip netns exec pod73 ping -c 1 -W 1 -Q $tos 192.168.202.4
done

echo "== destinations without a pod"
ip netns exec pod73 ping -c 1 -W 0.3 192.168.36.80
ip netns exec pod73 ping -c 1 -W 0.3 192.168.202.40
ip netns exec node1 ping -c 1 -W 0.3 192.168.36.80
ip netns exec node1 ping -c 1 -W 0.3 192.168.202.40

echo "== pods and nodes"
ip netns exec pod73 ping -c 1 -W 1 10.211.55.8
ip netns exec pod73 ping -c 1 -W 1 192.168.36.64
ip netns exec pod73 ping -c 1 -W 1 192.168.202.0
ip netns exec pod73 ping -c 1 -W 0.3 10.211.55.9
ip netns exec pod73 ping -c 1 -W 0.3 169.254.1.1
ip netns exec node1 ping -c 1 -W 1 192.168.36.73
ip netns exec node1 ping -c 1 -W 1 192.168.202.5
ip netns exec node1 ping -c 1 -W 1 10.211.55.9

echo "== counters"
ip -n node1 -s link show vxlan.calico

sleep 2
kill $pids
wait
