#!/bin/bash
# Docker's overlay by hand: a VXLAN device that answers ARP by itself, static neighbours and FDB entries.
docker_host() { ip netns exec host$1 "${@:2}"; }
ip link add lan type bridge mcast_snooping 0
ip link set lan up
for h in 1 2; do
  ip netns add host$h
  ip link add p$h type veth peer name eth0 netns host$h
  ip link set p$h master lan up
  docker_host $h ip link set eth0 address 02:00:00:00:0$h:00 up
  docker_host $h ip addr add 10.0.0.1$h/24 dev eth0
  ip netns add overns$h
  docker_host $h ip link add dev vxlan1 type vxlan id 42 proxy learning dstport 4789
  docker_host $h ip link set vxlan1 netns overns$h
  ip netns exec overns$h ip link add dev br0 type bridge mcast_snooping 0
  ip netns exec overns$h ip addr add dev br0 192.168.0.1/24
  ip netns exec overns$h ip link set vxlan1 address 02:00:00:00:0$h:42 master br0
  ip netns exec overns$h ip link set br0 address 02:00:00:00:0$h:bb
  ip netns exec overns$h ip link set vxlan1 up
  ip netns exec overns$h ip link set br0 up
  ip netns add c$h
  ip link add veth1 netns overns$h mtu 1450 type veth peer name eth0 netns c$h mtu 1450
  ip -n overns$h link set veth1 master br0
  ip -n overns$h link set veth1 up
  ip -n c$h link set eth0 address 02:42:c0:a8:00:0$((h + 1)) up
  ip -n c$h addr add 192.168.0.$((h + 1))/24 dev eth0
done
sleep 3
ip netns exec c1 tcpdump -U -i eth0 -w c1.pcap 2>/dev/null &
ip netns exec host1 tcpdump -U -i eth0 -w host1.pcap 2>/dev/null &
ip netns exec overns1 tcpdump -U -i vxlan1 -w vxlan1.pcap 2>/dev/null &
sleep 2
echo "-- nobody knows anything"
ip netns exec c1 ping -c 1 -W 1 192.168.0.3
sleep 4
echo "-- an FDB entry, no neighbour"
ip netns exec overns1 bridge fdb add 02:42:c0:a8:00:03 dev vxlan1 self dst 10.0.0.12 vni 42 port 4789
ip netns exec overns2 bridge fdb add 02:42:c0:a8:00:02 dev vxlan1 self dst 10.0.0.11 vni 42 port 4789
ip netns exec c1 ping -c 1 -W 1 192.168.0.3
sleep 4
echo "-- and a neighbour on either side"
ip netns exec overns1 ip neighbor add 192.168.0.3 lladdr 02:42:c0:a8:00:03 dev vxlan1 nud permanent
ip netns exec overns2 ip neighbor add 192.168.0.2 lladdr 02:42:c0:a8:00:02 dev vxlan1 nud permanent
ip netns exec c1 ping -c 3 -i 0.3 192.168.0.3
ip netns exec c1 ip neighbor show
ip netns exec c2 ip neighbor show
ip netns exec overns1 ip neighbor show
ip netns exec overns1 bridge fdb show dev vxlan1
ip netns exec overns1 ip -d link show vxlan1
ip netns exec overns1 ip -s link show vxlan1
echo "-- a stale one is not answered for"
ip netns exec overns1 ip neighbor add 192.168.0.9 lladdr 02:42:c0:a8:00:09 dev vxlan1 nud stale
ip netns exec c1 ping -c 1 -W 1 192.168.0.9
sleep 2
kill $(jobs -p)
wait
