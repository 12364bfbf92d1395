# Two pods on one node, wired as Calico does it: /32 addresses, the gateway 169.254.1.1 that nobody has.
ip netns add node1
ip link add node1 type veth peer name eth0 netns node1
ip link set node1 address 00:1c:42:00:00:18 up
ip address add 10.211.55.1/24 dev node1
ip -n node1 link set lo up
ip -n node1 link set eth0 address 00:1c:42:1a:00:08 up
ip -n node1 address add 10.211.55.8/24 dev eth0
ip netns exec node1 sysctl -w net.ipv4.ip_forward=1
ip -n node1 route add default via 10.211.55.1

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

ip netns exec pod1 tcpdump -U -i eth0 -w pod1.pcap 2>/dev/null &
ip netns exec pod2 tcpdump -U -i eth0 -w pod2.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i cali1 -w cali1.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i cali2 -w cali2.pcap 2>/dev/null &
ip netns exec node1 tcpdump -U -i eth0 -w eth0.pcap 2>/dev/null &
sleep 1.5

echo "== nobody answers for 169.254.1.1 without proxy_arp"
ip netns exec pod1 ping -c 1 -W 0.5 192.168.36.75
sleep 3.5
ip -n pod1 neigh
ip netns exec pod1 ping -c 1 -W 4 192.168.36.75

echo "== with proxy_arp, at once because of proxy_delay 0"
ip netns exec node1 sysctl -w net.ipv4.conf.cali1.proxy_arp=1
ip netns exec node1 sysctl -w net.ipv4.conf.cali2.proxy_arp=1
ip netns exec node1 sysctl -w net.ipv4.neigh.cali1.proxy_delay=0
ip netns exec node1 sysctl -w net.ipv4.neigh.cali2.proxy_delay=0
ip netns exec pod1 ping -c 3 -i 0.2 192.168.36.75
ip -n pod1 neigh
ip -n pod2 neigh
ip -n node1 neigh
ip -n node1 route get 192.168.36.75
ip -n node1 route get 192.168.36.75 from 192.168.36.73 iif cali1
ip -n pod1 route get 192.168.36.75

echo "== the gateway itself"
ip netns exec pod1 ping -c 1 -W 0.5 169.254.1.1

echo "== the node"
ip netns exec pod1 ping -c 1 10.211.55.8
ip netns exec node1 ping -c 1 192.168.36.73
ip netns exec pod1 ping -c 1 -t 1 192.168.36.75
ip netns exec pod1 ping -c 1 -W 0.5 10.211.55.1
sleep 7
ip -n pod1 neigh
ip -n pod2 neigh
ip -n node1 neigh
kill $(jobs -p)
wait
ip -n pod1 address
ip -n pod1 route
ip -n node1 address
ip -n node1 route
