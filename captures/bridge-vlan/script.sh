#!/bin/bash
# VLANs on two switches with a trunk between them, as CNI plugins and tutorials set them up: access ports, tags, the bridge itself
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
sysctl -qw net.ipv4.neigh.default.mcast_solicit=1
for s in 1 2; do
  ip link add sw$s type bridge vlan_filtering 1 mcast_snooping 0
  ip link set sw$s address 02:00:00:00:05:0$s up
done
ip link add trunk1 type veth peer name trunk2
ip link set trunk1 address 02:00:00:00:0a:01 master sw1 up
ip link set trunk2 address 02:00:00:00:0a:02 master sw2 up
host() { # number switch vlan
  ip netns add h$1
  ip link add p$1 type veth peer name eth0 netns h$1
  ip link set p$1 address 02:00:00:00:0b:0$1 master sw$2 up
  bridge vlan del dev p$1 vid 1
  bridge vlan add dev p$1 vid $3 pvid untagged
  ip -n h$1 link set lo up
  ip -n h$1 link set eth0 address 02:00:00:00:00:0$1 up
  ip -n h$1 addr add 10.0.0.$1/24 dev eth0
}
host 1 1 10; host 2 1 10; host 3 1 20; host 4 2 10; host 5 2 20
asks() { ip netns exec h$1 ping -c 1 -W 2 10.0.0.$2 | grep transmitted | cut -d, -f2; }
for t in trunk1 trunk2; do bridge vlan add dev $t vid 10; done
sleep 2
tcpdump -Uni trunk1 -w trunk.pcap 2>/dev/null &
for i in 2 3 4 5; do ip netns exec h$i tcpdump -Uni eth0 -w h$i.pcap 2>/dev/null & done
sleep 2
bridge vlan
echo "within one VLAN, and to another"
asks 1 2; asks 1 3
echo "by the trunk: VLAN 10 is on it, 20 is not yet"
asks 1 4; asks 3 5
for t in trunk1 trunk2; do bridge vlan add dev $t vid 20; done
asks 3 5
bridge fdb show | grep '00:00:0[0-9] ' | sort
echo "a full packet on the trunk"
ip netns exec h1 ping -c 1 -W 1 -s 1472 -M do 10.0.0.4 | grep transmitted | cut -d, -f2
echo "the same address in two VLANs"
ip -n h3 link set eth0 address 02:00:00:00:00:01
ip -n h3 neigh flush all
asks 3 5; asks 1 4
bridge fdb show br sw1 | grep '00:00:01 ' | sort
ip -n h3 link set eth0 address 02:00:00:00:00:03
echo "the switch itself in VLAN 10"
ip addr add 10.0.0.101/24 dev sw1
asks 1 101
bridge vlan add dev sw1 vid 10 pvid untagged self
asks 1 101; asks 4 101; asks 3 101
ping -c 1 -W 1 10.0.0.4 | grep transmitted | cut -d, -f2
bridge vlan show dev sw1
echo "the switch tagged: nobody takes it"
bridge vlan add dev sw1 vid 10 self
bridge vlan show dev sw1
asks 2 101
bridge vlan add dev sw1 vid 10 pvid untagged self
echo "tags that come to an access port"
sleep 2
kill %1; wait %1 2>/dev/null
ip netns exec h1 tcpreplay -q -i eth0 --topspeed trunk.pcap > /dev/null 2>&1
ip netns exec h3 tcpreplay -q -i eth0 --topspeed trunk.pcap > /dev/null 2>&1
sleep 1
bridge fdb show | grep '00:00:0[0-9] .*master' | sort
echo "a host with tags of its own, an untagged trunk"
bridge vlan add dev p2 vid 10
bridge vlan show dev p2
asks 1 2
bridge vlan add dev p2 vid 10 pvid untagged
asks 1 2
bridge vlan add dev trunk1 vid 10 untagged
tcpdump -Uni trunk1 -w trunk-after.pcap 2>/dev/null &
sleep 2
asks 1 4
bridge vlan add dev trunk2 vid 10 pvid untagged
asks 1 4
echo "without filtering"
ip link set sw1 type bridge vlan_filtering 0
asks 1 3; asks 1 2
ip link set sw1 type bridge vlan_filtering 1
asks 1 3; asks 1 2
echo "a static entry of one VLAN"
bridge fdb add 02:00:00:00:00:02 dev p1 master static vlan 20
bridge fdb add 02:00:00:00:00:02 dev p3 master static vlan 20
asks 1 2
ip -n h3 neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
asks 3 2
bridge fdb show br sw1 | grep '00:00:02 ' | sort
bridge fdb del 02:00:00:00:00:02 dev p3 master vlan 20
echo "a VLAN that blocks"
bridge vlan set dev p2 vid 10 state blocking
asks 1 2
bridge vlan set dev p2 vid 10 state forwarding
asks 1 2
echo "without a PVID nothing without a tag comes in"
bridge vlan add dev p1 vid 10 untagged
asks 1 2
bridge vlan add dev p1 vid 10 pvid untagged
asks 1 2
bridge vlan del dev p1 vid 10
asks 1 2
bridge fdb show dev p1 | grep master | sort
sleep 2
kill $(jobs -p); wait
for f in trunk trunk-after h2 h3 h4 h5; do echo $f; tcpdump -enr $f.pcap 2>/dev/null | cut -d' ' -f2- | sed 's/, id [0-9]*//' | grep -v 'IGMP\|igmp' ; done
