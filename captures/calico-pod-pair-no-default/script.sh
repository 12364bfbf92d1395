# As calico-pod-pair, but the node has no default route: 169.254.1.1 is not answered (calico#3270).
ip netns add node1
ip link add node1 type veth peer name eth0 netns node1
ip link set node1 address 00:1c:42:00:00:18 up
ip address add 10.211.55.1/24 dev node1
ip -n node1 link set lo up
ip -n node1 link set eth0 address 00:1c:42:1a:00:08 up
ip -n node1 address add 10.211.55.8/24 dev eth0
ip netns exec node1 sysctl -w net.ipv4.ip_forward=1

ip netns add pod1
ip -n node1 link add cali1 type veth peer name eth0 netns pod1
ip -n node1 link set cali1 address ee:ee:ee:ee:ee:ee up
ip -n pod1 link set lo up
ip -n pod1 link set eth0 address 1e:00:00:00:00:01 up
ip -n pod1 addr add 192.168.36.73/32 dev eth0
ip -n pod1 route add 169.254.1.1 dev eth0 scope link
ip -n pod1 route add default via 169.254.1.1 dev eth0
ip -n node1 route add 192.168.36.73 dev cali1 scope link

ip netns add pod2
ip -n node1 link add cali2 type veth peer name eth0 netns pod2
ip -n node1 link set cali2 address ee:ee:ee:ee:ee:ee up
ip -n pod2 link set lo up
ip -n pod2 link set eth0 address 1e:00:00:00:00:02 up
ip -n pod2 addr add 192.168.36.75/32 dev eth0
ip -n pod2 route add 169.254.1.1 dev eth0 scope link
ip -n pod2 route add default via 169.254.1.1 dev eth0
ip -n node1 route add 192.168.36.75 dev cali2 scope link
for device in cali1 cali2; do
  ip netns exec node1 sysctl -w net.ipv4.conf.$device.proxy_arp=1
  ip netns exec node1 sysctl -w net.ipv4.neigh.$device.proxy_delay=0
done

ip netns exec pod1 tcpdump -U -i eth0 -w pod1.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i cali1 -w cali1.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i cali2 -w cali2.pcap 2>/dev/null &
sleep 1.5

echo "== no route to 169.254.1.1, no answer"
ip netns exec pod1 ping -c 1 -W 4 192.168.36.75
ip -n pod1 neigh
ip -n node1 route get 169.254.1.1

echo "== a route to the host 0.0.0.0 is no default route"
ip -n node1 route add 0.0.0.0/32 via 10.211.55.1
ip -n node1 route
ip netns exec pod1 ping -c 1 -W 4 192.168.36.75

echo "== any route out of another interface will do"
ip -n node1 route add 169.254.0.0/16 dev eth0
ip netns exec pod1 ping -c 1 -W 4 192.168.36.75
ip -n pod1 neigh
sleep 6.5
kill $(jobs -p)
wait
ip -n node1 route
