#!/bin/bash
# VXLAN with a multicast group: three hosts on one segment
ip link add br-under type bridge mcast_snooping 0
ip link set br-under up
for i in 1 2 3; do
  ip netns add h$i
  ip link add v$i type veth peer name eth0 netns h$i
  ip link set v$i master br-under up
  ip -n h$i link set eth0 address 02:aa:00:00:00:0$i
  ip -n h$i addr add 192.168.50.$i/24 dev eth0
  ip -n h$i link set eth0 up
  ip -n h$i link set lo up
  ip -n h$i link add vxlan100 address 02:bb:00:00:00:0$i type vxlan id 100 group 239.1.1.1 dev eth0 dstport 4789
  ip -n h$i addr add 10.100.0.$i/24 dev vxlan100
  ip -n h$i link set vxlan100 up
done
sleep 3
ip netns exec h3 tcpdump -U -ni eth0 -w h3.pcap udp port 4789 2>/dev/null &
ip netns exec h1 tcpdump -U -ni eth0 -w h1.pcap not igmp 2>/dev/null &
sleep 2
ip netns exec h1 ping -c 2 10.100.0.2
ip netns exec h1 ping -c 1 10.100.0.3
ip netns exec h2 ping -c 1 10.100.0.3
for i in 1 2 3; do
  echo "--- h$i"
  bridge -n h$i fdb show dev vxlan100
  ip -n h$i neigh show dev vxlan100
  ip -n h$i -d link show vxlan100 | sed -n 3p
  ip -n h$i maddr show dev eth0
done
ip -n h1 route show table local
ip netns exec h1 ping -c 1 -b 10.100.0.255
ip netns exec h1 ping -c 1 -W 1 10.100.0.44
sleep 2
kill %1 %2
wait
tcpdump -nr h3.pcap | head -3
tcpdump -ner h3.pcap -c 2
for i in 1 2 3; do ip netns del h$i; done
ip link del br-under
