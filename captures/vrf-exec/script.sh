#!/bin/bash
# ip vrf exec: commands whose sockets are bound to a VRF.
names="a b r"
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600
for n in $names; do ip netns add $n; ip -n $n link set lo up; done
i=1
for n in a b; do
  ip link add eth0 netns $n address 02:00:00:00:0$i:01 type veth peer name w$n netns r address 02:00:00:00:0$i:02
  ip -n $n link set eth0 up
  ip -n r link set w$n up
  i=$((i + 1))
done
ip -n r link add red address 02:00:00:00:aa:01 type vrf table 10
ip -n r link add blue address 02:00:00:00:aa:02 type vrf table 20
for d in red blue; do ip -n r link set $d up; done
ip -n r link set wa vrf red
ip -n r link set wb vrf blue
for n in a b; do
  ip -n $n addr add 10.0.1.1/24 dev eth0
  ip -n r addr add 10.0.1.254/24 dev w$n
done
sleep 2
ip netns exec r ip vrf exec red ping -n -c 1 -W 1 10.0.1.1
ip netns exec r ip vrf exec blue ping -n -c 1 -W 1 10.0.1.1
ip netns exec r ip vrf exec red ping -n -c 1 -W 1 10.0.1.254
ip netns exec r ip vrf exec red ping -n -c 1 -W 1 -I 10.0.1.254 10.0.1.1
ip netns exec r ip vrf exec red ping -n -c 1 -W 1 10.9.0.1
ip netns exec r ip vrf exec red traceroute -n -N 1 -q 1 -w 1 10.0.1.1
ip netns exec r ip vrf exec red ip vrf identify
ip netns exec r ip vrf exec red bash -c 'ip vrf identify; ping -n -c 1 -W 1 10.0.1.1; ip vrf exec blue ip vrf identify'
ip netns exec r ip vrf exec red ip vrf exec default ping -n -c 1 -W 1 10.0.1.1
ip netns exec r ip vrf exec default ip vrf identify
ip netns exec r ip vrf exec
ip netns exec r ip vrf exec red
ip netns exec r ip vrf exec green ping 10.0.1.1
ip netns exec r ip vrf exec wa ping 10.0.1.1
ip netns exec r ip vrf exec red no-such-command
ip netns exec r ip vrf pids red
ip netns exec r ip vrf identify
ip netns exec r ip vrf identify 1
ip netns exec r ip vrf pids
ip netns exec r ip vrf exec red false
echo $?
