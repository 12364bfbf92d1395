#!/bin/bash
# Policy routing: tables with names of their own, source routing over two providers, rules of all kinds, several next hops.
nodes="left r1 r2 right"
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000 net.ipv4.neigh.default.delay_first_probe_time=3600
for n in $nodes; do ip netns add $n; ip -n $n link set lo up; done
ip link add l1 netns left type veth peer name west netns r1
ip link add l2 netns left type veth peer name west netns r2
ip link add r1 netns right type veth peer name east netns r1
ip link add r2 netns right type veth peer name east netns r2
for n in $nodes; do
  for d in $(ip -n $n -o link show type veth | awk -F': ' '{print $2}' | cut -d@ -f1); do ip -n $n link set $d up; done
done
ip -n left addr add 10.1.0.1/24 dev l1
ip -n left addr add 10.2.0.1/24 dev l2
ip -n r1 addr add 10.1.0.2/24 dev west
ip -n r2 addr add 10.2.0.2/24 dev west
ip -n r1 addr add 10.3.0.2/24 dev east
ip -n r2 addr add 10.4.0.2/24 dev east
ip -n right addr add 10.3.0.1/24 dev r1
ip -n right addr add 10.4.0.1/24 dev r2
ip -n left addr add 10.99.0.1/32 dev lo
ip -n left addr add 10.99.0.2/32 dev lo
ip -n right addr add 10.98.0.1/32 dev lo
for n in r1 r2; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0; done
ip -n r1 route add 10.98.0.0/24 via 10.3.0.1
ip -n r2 route add 10.98.0.0/24 via 10.4.0.1
ip -n r1 route add 10.99.0.0/24 via 10.1.0.1
ip -n r2 route add 10.99.0.0/24 via 10.2.0.1
ip -n right route add 10.99.0.0/24 via 10.3.0.2
sleep 2
grep -q isp1 /etc/iproute2/rt_tables || printf '100\tisp1\n200\tisp2\n' >> /etc/iproute2/rt_tables
tail -2 /etc/iproute2/rt_tables
ip -n left route add default via 10.1.0.2 table isp1
ip -n left route add default via 10.2.0.2 dev l2 table isp2
ip -n left rule add from 10.99.0.1 table isp1
ip -n left rule add from 10.99.0.2/32 lookup isp2 prio 1000
ip -n left rule
ip -n left route show table isp1
ip -n left route show table 200
ip -n left route show table all | grep -v '^broadcast'
ip -n left route get 10.98.0.1 from 10.99.0.1
ip -n left route get 10.98.0.1 from 10.99.0.2
ip -n left route get 10.98.0.1
ip netns exec right tcpdump -Uni any -w any.pcap icmp 2>/dev/null &
ip netns exec r2 tcpdump -Uni west -w r2-west.pcap icmp 2>/dev/null &
sleep 2
ip netns exec left ping -c 1 -W 1 -I 10.99.0.1 10.98.0.1
ip netns exec left ping -c 1 -W 1 -I 10.99.0.2 10.98.0.1
ip netns exec left ping -c 1 -W 1 10.98.0.1
echo "# several next hops"
ip -n left route add 10.98.0.0/24 nexthop via 10.1.0.2 weight 1 nexthop via 10.2.0.2 weight 2
ip -n left route
ip -n left -j route show 10.98.0.0/24 | jq .
ip -n left route change 10.98.0.0/24 nexthop via 10.1.0.2 nexthop via 10.2.0.2
ip -n left route show 10.98.0.0/24
ip -n left link set l2 down
ip -n left route show 10.98.0.0/24
ip -n r1 link set west down
sleep 2
ip -n left route show 10.98.0.0/24
ip -n r1 link set west up
sleep 2
ip netns exec left ping -c 2 -i 0.3 10.98.0.1
echo "# rules"
ip -n left rule add fwmark 0x1 table 200
ip -n left rule add tos 0x10 table 100 pref 500
ip -n left rule add to 10.97.0.0/16 blackhole
ip -n left rule add iif l1 prohibit pref 600
ip -n left rule add from all lookup 100 suppress_prefixlength 0 pref 700
ip -n left rule list
ip -n left -j rule | jq -c '.[] | [.priority, .src, .table]'
ip netns exec left ping -c 1 -W 1 10.97.1.1
ip netns exec left ping -c 1 -W 1 -Q 0x10 -I 10.99.0.1 10.98.0.1
ip -n left rule del pref 500
ip -n left rule del from 10.99.0.1
ip -n left rule flush
ip -n left rule
ip netns exec left ping -c 1 -W 1 10.3.0.1
ip -n left rule add from all lookup main pref 32766
ip -n left rule
sleep 2
kill %1 %2; wait
tcpdump -nr any.pcap
tcpdump -nr r2-west.pcap
