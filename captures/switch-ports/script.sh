#!/bin/bash
# a learning switch: ageing, flooding, isolated ports, hairpin, static fdb, mac move
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip link add sw0 type bridge ageing_time 3000 mcast_snooping 0
ip link set sw0 up
for i in 1 2 3 4; do
  ip netns add h$i
  ip link add sw0p$i type veth peer name eth0 netns h$i
  ip link set sw0p$i master sw0
  ip link set sw0p$i up
  ip -n h$i link set eth0 address 02:00:00:00:00:0$i up
  ip -n h$i addr add 10.0.0.$i/24 dev eth0
done
sleep 2
for i in 3 4; do ip netns exec h$i tcpdump -Uni eth0 -w h$i.pcap 2>/dev/null & done
sleep 2
ip netns exec h1 ping -c 1 10.0.0.2 | grep transmitted | cut -d, -f2
bridge fdb show br sw0 | grep -E '02:00:00:00:00:0[0-9]' | sort
bridge link show | sed 's/^[0-9]*: //' | awk '{print $1, $NF, $(NF-2)}' | sort
bridge link set dev sw0p3 isolated on
bridge link set dev sw0p4 isolated on
ip netns exec h3 ping -c 1 -W 1 10.0.0.4 | grep transmitted | cut -d, -f2
sleep 4
ip netns exec h3 ping -c 1 -W 1 10.0.0.1 | grep transmitted | cut -d, -f2
bridge link set dev sw0p3 isolated off
bridge link set dev sw0p4 isolated off
bridge link set dev sw0p2 learning off flood off
bridge -d link show dev sw0p2 | tail -1
bridge fdb del 02:00:00:00:00:02 dev sw0p2 master
ip netns exec h1 ping -c 1 -W 1 10.0.0.2 | grep transmitted | cut -d, -f2
bridge fdb add 02:00:00:00:00:02 dev sw0p2 master static
ip netns exec h1 ping -c 1 -W 1 10.0.0.2 | grep transmitted | cut -d, -f2
bridge fdb show dev sw0p2
sleep 32
bridge fdb show br sw0 | grep -E '02:00:00:00:00:0[0-9]'
bridge fdb add 02:00:00:00:00:77 dev sw0p1 master
bridge fdb add 02:00:00:00:00:78 dev sw0p1
bridge fdb add 02:00:00:00:00:79 dev eth9
bridge fdb show dev sw0p1 | grep ':7[789] ' | sort
ip link set sw0p1 type bridge_slave state 0
bridge link show dev sw0p1 | grep -o 'state [a-z]*'
ip netns exec h1 ping -c 1 -W 1 10.0.0.3 | grep transmitted | cut -d, -f2
ip link set sw0p1 type bridge_slave state 3
ip netns exec h1 ping -c 1 -W 1 10.0.0.3 | grep transmitted | cut -d, -f2
ip link set sw0 down
ip netns exec h1 ping -c 1 -W 1 10.0.0.3 | grep transmitted | cut -d, -f2
ip link set sw0 up
ip -d -j link show sw0 | jq '.[0].linkinfo.info_data | {ageing_time, stp_state, forward_delay, vlan_filtering}'
sleep 2
kill $(jobs -p); wait
for i in 3 4; do tcpdump -enr h$i.pcap 2>/dev/null | awk '{print $2,$3,$4}' | sort | uniq -c; done
