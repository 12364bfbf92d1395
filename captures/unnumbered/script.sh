#!/bin/bash
# point to point without a subnet: /32 both ends, /31, unnumbered, onlink, nexthop dev
ip netns add A; ip netns add B; ip netns add C
ip link add ab type veth peer name ba; ip link set ab netns A; ip link set ba netns B
ip link add bc type veth peer name cb; ip link set bc netns B; ip link set cb netns C
for x in A:ab B:ba B:bc C:cb A:lo B:lo C:lo; do ip -n ${x%:*} link set ${x#*:} up; done
ip -n A addr add 10.1.1.1/32 dev ab
ip -n B addr add 10.1.1.2/32 dev ba
ip -n C addr add 10.1.1.3/32 dev cb
ip -n A route add 10.1.1.2 dev ab
ip -n B route add 10.1.1.1 dev ba
ip -n B route add 10.1.1.3 dev bc
ip -n C route add 10.1.1.2/32 dev cb
ip -n A route add default via 10.1.1.2
ip -n C route add default via 10.1.1.2 dev cb onlink
ip netns exec B sysctl -wq net.ipv4.ip_forward=1
for n in A B C; do
  for d in $(ip -n $n -br link | cut -d@ -f1 | grep -v lo); do
    ip netns exec $n sysctl -qw net.ipv4.neigh.$d.base_reachable_time_ms=3600000 net.ipv4.neigh.$d.delay_first_probe_time=3600
  done
done
sleep 2
ip netns exec B tcpdump -Uni any -w any.pcap 2>/dev/null &
sleep 2
ip netns exec A ping -c 2 -i 0.3 10.1.1.2
ip netns exec A ping -c 2 -i 0.3 10.1.1.3
ip netns exec C ping -c 1 -I 10.1.1.3 10.1.1.1
ip -n A route; ip -n C route
ip -n B neigh show | sort
ip -n A addr add 192.0.2.0/31 dev ab
ip -n B addr add 192.0.2.1/31 dev ba
ip netns exec A ping -c 1 192.0.2.1
ip -n A addr show ab
ip -n A route show table local dev ab
ip -n A route add 203.0.113.0/24 via 198.51.100.9 dev ab onlink
ip -n A route get 203.0.113.5
ip netns exec A ping -c 1 -W 1 203.0.113.5
sleep 4
ip -n B addr add 198.51.100.9/32 dev lo
ip -n A neigh flush dev ab
ip netns exec A ping -c 1 -W 2 203.0.113.5
ip netns exec A ping -c 1 -W 1 198.51.100.9
ip -n A route get 10.1.1.3 mark 5
ip -n A route get to 10.1.1.3 oif ab
ip -n A route get 10.1.1.3 from 192.0.2.0
ip -n A route get fibmatch 10.1.1.3
ip -n A route add 10.55.0.0/16 via inet 10.1.1.2 dev ab
ip -n A route add 10.56.0.0/16 nexthop via 10.1.1.2 dev ab onlink
ip -n A route add 10.57.0.0/16 via 10.1.1.2 src 192.0.2.0 metric 7 table 42
ip -n A route show table 42
ip -n A route show proto boot
ip -n A route show dev ab scope link
sleep 2
kill %1; wait
tcpdump -nr any.pcap 2>/dev/null | cut -d' ' -f2- | sed 's/id [0-9]*/id N/'
