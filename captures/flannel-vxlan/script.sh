#!/bin/bash
# flannel's vxlan backend by hand
sysctl -qw net.ipv4.ip_forward=1
ip link add cni-net type bridge
ip link set cni-net up
VTEP_MAC=([1]=0a:58:0a:f4:00:01 [2]=0a:58:0a:f4:01:01 [3]=0a:58:0a:f4:02:01)
for n in 1 2 3; do
  ip netns add node$n
  ip link add uplink$n type veth peer name eth0 netns node$n
  ip link set uplink$n master cni-net
  ip link set uplink$n up
  ip -n node$n link set lo up
  ip -n node$n addr add 192.168.33.1$n/24 dev eth0
  ip -n node$n link set eth0 up
  ip netns exec node$n sysctl -q -w net.ipv4.ip_forward=1
  ip -n node$n link add flannel.1 address ${VTEP_MAC[$n]} type vxlan id 1 dev eth0 local 192.168.33.1$n dstport 8472 nolearning
  ip -n node$n addr add 10.244.$((n-1)).0/32 dev flannel.1
  ip -n node$n link set flannel.1 up
  ip -n node$n link add cni0 type bridge
  ip -n node$n addr add 10.244.$((n-1)).1/24 brd + dev cni0
  ip -n node$n link set cni0 up
  ip netns add pod$n
  ip link add veth$n netns node$n type veth peer name eth0 netns pod$n
  ip -n node$n link set veth$n master cni0 up
  ip -n pod$n link set lo up
  ip -n pod$n addr add 10.244.$((n-1)).2/24 dev eth0
  ip -n pod$n link set eth0 mtu 1450 up
  ip -n pod$n route add default via 10.244.$((n-1)).1
done
for n in 1 2 3; do
  for m in 1 2 3; do
    (( n == m )) && continue
    ip -n node$n route add 10.244.$((m-1)).0/24 via 10.244.$((m-1)).0 dev flannel.1 onlink
    ip -n node$n neigh replace 10.244.$((m-1)).0 lladdr ${VTEP_MAC[$m]} dev flannel.1 nud permanent
    bridge -n node$n fdb add ${VTEP_MAC[$m]} dev flannel.1 dst 192.168.33.1$m
  done
done
sleep 3
ip netns exec node1 tcpdump -U -i eth0 -w node1-eth0.pcap udp port 8472 2>/dev/null &
ip netns exec node1 tcpdump -U -i flannel.1 -w node1-flannel.pcap 2>/dev/null &
ip netns exec node2 tcpdump -U -i cni0 -w node2-cni0.pcap icmp or arp 2>/dev/null &
sleep 2
ip netns exec pod1 ping -c 3 -i 0.5 10.244.1.2
ip netns exec pod1 ping -c 1 10.244.2.2
ip netns exec pod1 ping -c 1 10.244.1.1
ip netns exec pod1 ping -c 1 -M do -s 1422 10.244.1.2
ip netns exec pod1 ping -c 1 -M do -s 1423 10.244.1.2
ip netns exec pod1 traceroute -n 10.244.1.2
ip netns exec pod2 ping -c 2 -t 2 -W 1 10.244.0.2
ip netns exec node1 ping -c 1 10.244.1.2
ip -n node1 route
ip -n node1 neigh show dev flannel.1
bridge -n node1 fdb show dev flannel.1
ip -n node1 -d link show flannel.1
ip -n node1 route get 10.244.1.2
ip -n node1 route get 10.244.1.2 from 10.244.0.2 iif cni0
echo '# node 3 goes away'
ip -n node1 route del 10.244.2.0/24
ip netns exec pod1 ping -c 2 -W 1 -i 0.5 10.244.2.2
echo '# only the fdb entry is missing'
bridge -n node1 fdb del 0a:58:0a:f4:01:01 dev flannel.1 dst 192.168.33.12
ip netns exec pod1 ping -c 1 -W 1 10.244.1.2
ip -n node1 -s link show flannel.1 | tail -2
sleep 2
kill $(jobs -p)
wait
tcpdump -nr node1-eth0.pcap -c 5
tcpdump -nr node1-flannel.pcap -c 4
tcpdump -nr node2-cni0.pcap arp
