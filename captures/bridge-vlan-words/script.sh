#!/bin/bash
# what bridge vlan says: lists in every form, ranges, defaults, mistakes
ip link add br0 type bridge
ip link add br1 type bridge vlan_filtering 1 vlan_default_pvid 5
for i in 1 2 3; do ip link add d$i type dummy; ip link set d$i address 02:00:00:00:00:0$i; done
ip link set d1 master br0; ip link set d2 master br0; ip link set d3 master br1
try() { echo "$ $*"; "$@"; local s=$?; [ $s = 0 ] || echo "= $s"; }
try bridge vlan
try bridge vlan add dev d1 vid 10
try bridge vlan add dev d1 vid 20-29
try bridge vlan add dev d1 vid 30 pvid untagged
try bridge vlan add dev d1 vid 40 untagged
try bridge vlan add dev d2 vid 10 pvid
try bridge vlan show
try bridge vlan show dev d1
try bridge vlan show vid 25
try bridge vlan show vid 30
try bridge vlan show dev d2 vid 1
try bridge -c vlan show
try bridge -j vlan show
try bridge -j -c vlan show
try bridge -d vlan show dev d1
try bridge -s vlan show dev d1
try bridge -j -p vlan show dev d2
try bridge vlan add dev d1 vid 30
try bridge vlan add dev d1 vid 10 untagged
try bridge vlan add dev d1 vid 10 untagged
try bridge vlan show dev d1
try bridge vlan del dev d1 vid 22-24
try bridge vlan del dev d1 vid 24
try bridge vlan del dev d1 vid 23-26
try bridge vlan del dev d1 vid 1
try bridge vlan del dev d1 vid 1
try bridge vlan show dev d1
try bridge -c vlan show dev d1
try bridge vlan add dev br0 vid 10 self
try bridge vlan add dev br0 vid 11
try bridge vlan add dev br0 vid 12 pvid untagged self
try bridge vlan add dev d1 vid 13 self
try bridge vlan add dev d1 vid 14 master
try bridge vlan add dev d1 vid 15 self master
try bridge vlan show
try bridge vlan del dev br0 vid 10 self
try bridge vlan del dev br0 vid 99 self
try bridge vlan add dev d1 vid 0
try bridge vlan add dev d1 vid 4095
try bridge vlan add dev d1 vid 4096
try bridge vlan add dev d1 vid 4094
try bridge vlan add dev d1 vid 50-40
try bridge vlan add dev d1 vid 50-50
try bridge vlan add dev d1 vid 50-60 pvid
try bridge vlan add dev d1 vid 4090-4096
try bridge vlan add dev d1 vid 4090-4095
try bridge vlan add dev d1
try bridge vlan add vid 10
try bridge vlan add dev nope vid 10
try bridge vlan add dev lo vid 10
try bridge vlan add dev d1 vid ten
try bridge vlan add dev d1 vid 10 vid 11
try bridge vlan add dev d1 vid 10 nonsense
try bridge vlan del dev lo vid 10
try bridge vlan del dev d1 vid 10 pvid untagged
try bridge vlan set dev d1 vid 14 state blocking
try bridge -d vlan show dev d1 vid 14
try bridge vlan set dev d1 vid 14 state forwarding
try bridge vlan set dev d1 vid 77 state forwarding
try bridge vlan show dev d1
echo "forwarding entries"
bridge fdb show br br0 | grep '02:00:00:00:00:0[123]' | sort
try bridge fdb add 02:00:00:00:00:77 dev d1 master static vlan 14
try bridge fdb add 02:00:00:00:00:78 dev d1 master static vlan 77
try bridge fdb add 02:00:00:00:00:79 dev d1 master static
bridge fdb show dev d1 | grep ':7[789] ' | sort
try bridge fdb show dev d1 vlan 14
try bridge fdb del 02:00:00:00:00:77 dev d1 master vlan 14
try bridge fdb del 02:00:00:00:00:77 dev d1 master vlan 14
try bridge fdb del 02:00:00:00:00:79 dev d1 master vlan 20
try bridge vlan del dev d1 vid 40
bridge fdb show dev d1 | grep ':7[789] ' | sort
try bridge fdb del 02:00:00:00:00:79 dev d1 master
bridge fdb show br br1 | grep '02:00:00:00:00:0[123]' | sort
echo "the default PVID"
ip -d link show br1 | grep -o 'vlan_default_pvid [0-9]*'
try ip link set br1 type bridge vlan_default_pvid 7
ip link set br1 type bridge vlan_filtering 0
try ip link set br1 type bridge vlan_default_pvid 7
try bridge vlan show
bridge vlan add dev d3 vid 8 pvid untagged
try ip link set br1 type bridge vlan_default_pvid 9
try bridge vlan show
try ip link set br1 type bridge vlan_default_pvid 0
try bridge vlan show
ip link set d3 nomaster; ip link set d3 master br1
try bridge vlan show
try ip link set br1 type bridge vlan_default_pvid 4095
try ip link set br1 type bridge vlan_default_pvid 4096
try ip link set br1 type bridge vlan_default_pvid 1
cat /sys/class/net/br1/bridge/default_pvid /sys/class/net/br0/bridge/vlan_filtering
echo 1 > /sys/class/net/br0/bridge/vlan_filtering
ip -d link show br0 | grep -o 'vlan_filtering [01]'
ip link set d1 nomaster
try bridge vlan show
