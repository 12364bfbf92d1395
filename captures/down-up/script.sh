#!/bin/bash
# what survives what
ip netns add ns
N="ip -n ns"
$N link add d0 type dummy
$N link add v0 type veth peer name v1
$N link set dev lo up
$N addr add 10.1.0.1/24 dev d0
$N addr add 10.1.0.2/24 dev d0
$N addr add 10.1.0.3/25 dev d0
$N addr add 10.1.0.1/32 dev d0
$N addr add 10.2.0.1 peer 10.2.0.2 dev v0
$N addr add 10.3.0.0/31 dev v1
echo "--- down"; $N route; $N -4 addr show dev d0
$N link set d0 up; $N link set v0 up; $N link set v1 up
echo "--- up"; $N route; $N route show table local
$N route add 10.8.0.0/16 via 10.1.0.77
$N route add 10.9.0.0/16 dev v0
$N route add 10.10.0.0/16 via 10.2.0.2
$N route add 10.11.0.0/16 dev d0 src 10.1.0.2
$N route add default via 10.1.0.254 dev d0 metric 100 proto static
$N route add default via 10.2.0.2 dev v0 metric 200
$N route
echo "--- delete the primary"; $N addr del 10.1.0.1/24 dev d0; $N addr show d0; $N route
$N addr add 10.1.0.1/24 dev d0
ip netns exec ns sysctl -w net.ipv4.conf.d0.promote_secondaries=1
$N addr add 10.1.0.9/24 dev d0
$N addr del 10.1.0.1/24 dev d0; $N -o addr show d0; $N route
echo "--- v1 down: carrier of v0"; $N link set v1 down; $N link show v0; $N route; $N route get 10.2.0.2
$N link set v1 up; $N route; $N link show v0
echo "--- v0 down"; $N link set v0 down; $N route; $N addr show v0
$N link set v0 up; $N route
echo "--- move d0"; ip netns add other; $N link set d0 netns other; ip -n other addr; ip -n other link set d0 up; $N route
echo "--- rename"; $N link set v0 down; $N link set v0 name uplink; $N link set uplink up; $N -br addr; $N route
$N link set uplink name "way-too-long-name-x"
$N link set uplink name lo
$N link set uplink alias "to the internet"
$N link show uplink
echo "--- mac, mtu, txqlen, arp, multicast, promisc"
$N link set uplink address 02:00:00:00:00:42
$N link set uplink address 01:00:5e:00:00:01
$N link set uplink mtu 9000
$N link set uplink mtu 65536
$N link set uplink mtu 40
$N link set uplink txqueuelen 500
$N link set uplink arp off
$N link set uplink promisc on
$N link set uplink multicast off
$N link show uplink
$N link set uplink arp on promisc off multicast on group 7
$N link show group 7
$N addr flush dev uplink
$N addr flush dev uplink
$N -4 -br addr
$N route flush table main
$N route
$N addr replace 10.3.0.0/31 dev v1
$N addr change 10.3.0.0/31 dev v1 valid_lft 100 preferred_lft 50
$N addr show v1 | sed 's/[0-9]*sec/Nsec/g'
$N link del uplink
$N -br link
$N link del lo
$N link add type dummy
$N link add type dummy
$N link add type veth
$N -br link | awk '{print $1}'
ip -n other link del d0
ip -all netns exec ip -br link | awk '{print $1, $2}'
ip -all netns del
ip netns
