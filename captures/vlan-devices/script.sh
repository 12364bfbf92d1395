#!/bin/bash
# VLAN devices: a router on a stick behind a switch, a switch with an address per VLAN, and what the words and the device below do
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
sysctl -qw net.ipv4.neigh.default.mcast_solicit=1
try() { echo "$ $*"; "$@"; local s=$?; [ $s = 0 ] || echo "= $s"; }
show() { ip -d ${2:+-n $2} link show $1 | sed 's/^[0-9]*: //; s/ qlen 1000//; s/link-netnsid [0-9]*//'; }
asks() { ip netns exec $1 ping -c 1 -W 2 $2 | grep transmitted | cut -d, -f2; }
ip link add sw type bridge vlan_filtering 1 mcast_snooping 0
ip link set sw address 02:00:00:00:05:01 up
for n in a b r; do
  ip netns add $n
  ip link add p$n type veth peer name eth0 netns $n
  ip link set p$n master sw up
  ip -n $n link set lo up
done
ip -n a link set eth0 address 02:00:00:00:00:0a up
ip -n b link set eth0 address 02:00:00:00:00:0b up
ip -n r link set eth0 address 02:00:00:00:00:01
bridge vlan add dev pa vid 10 pvid untagged
bridge vlan add dev pb vid 20 pvid untagged
bridge vlan add dev pr vid 10; bridge vlan add dev pr vid 20
try ip -n r link add link eth0 name eth0.10 type vlan id 10
try ip -n r link add link eth0 name eth0.20 type vlan id 20
show eth0.10 r
try ip -n r link set eth0.10 up
ip -n r link set eth0 up
try ip -n r link set eth0.10 up
try ip -n r link set eth0.20 up
sleep 2
show eth0.10 r
ip -n r addr add 10.0.10.1/24 dev eth0.10
ip -n r addr add 10.0.20.1/24 dev eth0.20
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n a addr add 10.0.10.2/24 dev eth0; ip -n a route add default via 10.0.10.1
ip -n b addr add 10.0.20.2/24 dev eth0; ip -n b route add default via 10.0.20.1
ip netns exec r tcpdump -Uni eth0 -w stick.pcap 2>/dev/null &
ip netns exec r tcpdump -Uni eth0.10 -w stick10.pcap 2>/dev/null &
ip netns exec b tcpdump -Uni eth0 -w b.pcap 2>/dev/null &
sleep 2
asks a 10.0.10.1; asks a 10.0.20.2
ip netns exec a ping -c 1 -W 2 -s 1472 -M do 10.0.20.2 | grep transmitted | cut -d, -f2
ip -n r route
ip -n r neigh | sort
echo "the switch's own addresses, one per VLAN"
try ip link add link sw name sw.10 type vlan id 10
ip addr add 10.0.10.3/24 dev sw.10; ip link set sw.10 up
asks a 10.0.10.3
try bridge vlan add dev sw vid 10 self
asks a 10.0.10.3; asks r 10.0.10.3
ping -c 1 -W 2 10.0.10.2 | grep transmitted | cut -d, -f2
echo "the device below goes down, changes its size and its address"
ip -n r link set eth0 down
show eth0.10 r
ip -n r link set eth0 up
sleep 1
show eth0.10 r
asks a 10.0.20.2
ip -n r link set eth0 mtu 1400
show eth0.10 r | head -1
try ip -n r link set eth0.10 mtu 1450
ip -n r link set eth0 mtu 1500
show eth0.10 r | head -1
try ip -n r link set eth0.10 mtu 1500
ip -n r link set eth0 address 02:00:00:00:00:02
show eth0.10 r | sed -n 2p
ip -n r link set eth0.20 address 02:00:00:00:00:20
ip -n r link set eth0 address 02:00:00:00:00:03
show eth0.20 r | sed -n 2p
ip -n a neigh flush all; ip -n b neigh flush all
asks a 10.0.20.2
ip link set pr down
sleep 1
show eth0.10 r | head -1
ip link set pr up
sleep 1
show eth0.10 r | head -1
echo "into another namespace"
ip netns add c
try ip -n r link add link eth0 name v30 type vlan id 30
try ip -n r link set v30 netns c
bridge vlan add dev pr vid 30
bridge vlan add dev pa vid 30 pvid untagged
ip -n c link set v30 up; ip -n c addr add 10.0.10.4/24 dev v30
show v30 c
asks a 10.0.10.4
bridge vlan add dev pa vid 10 pvid untagged
echo "a device of a VLAN as a port"
ip link add br1 type bridge mcast_snooping 0; ip link set br1 up
ip link add link pb name pb.40 type vlan id 40
ip link set pb.40 master br1 up
ip addr add 10.0.40.1/24 dev br1
ip -n b link add link eth0 name eth0.40 type vlan id 40; ip -n b link set eth0.40 up; ip -n b addr add 10.0.40.2/24 dev eth0.40
asks b 10.0.40.1
asks b 10.0.10.2
echo "words"
try ip link add link pa name x type vlan
try ip link add link pa name x type vlan id 4095
try ip link add link pa name x type vlan id 4096
try ip link add link pa name x type vlan id 0
show x
try ip link del x
try ip link add name x type vlan id 5
try ip link add link nope name x type vlan id 5
try ip link add link lo name x type vlan id 5
try ip link add link pa name x type vlan id 5 nonsense
try ip link add link pa name x type vlan id five
try ip link add link pa name x type vlan id 5 protocol 802.1ad reorder_hdr off loose_binding on
show x
try ip link del x
try ip link add link pa name y type vlan id 5
try ip link add link pa name z type vlan id 5
try ip link add link pa type vlan id 6
try ip link add link pa name y.7 address 02:00:00:00:07:07 mtu 1400 type vlan id 7
show y.7
try ip link add link pa name big mtu 9000 type vlan id 8
try ip link set y.7 type vlan id 8
try ip link set y.7 type vlan loose_binding on
show y.7 | tail -1
ip -j -d link show y.7 | jq -c '.[0].linkinfo'
ip -br link show type vlan
try ip link del pa
ip -br link show type vlan
ip -n r link del eth0.20
ip -n r -br link show type vlan
ip -n r route
sleep 2
kill $(jobs -p); wait
for f in stick stick10 b; do echo $f; tcpdump -enr $f.pcap 2>/dev/null | cut -d' ' -f2- | sed 's/, id [0-9]*//' | grep -v 'IGMP\|igmp' ; done
