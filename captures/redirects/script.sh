# A router that sends a packet back out of the interface it came from tells the sender of the shorter way.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip link add lan address 02:00:00:00:00:fe type bridge
ip link set lan up
for name in a r1 r2; do
  ip netns add $name
  ip link add to-$name type veth peer name eth0 netns $name
  ip link set to-$name master lan up
  ip -n $name link set lo up
done
ip -n a link set eth0 address 02:00:00:00:00:0a up
ip -n r1 link set eth0 address 02:00:00:00:00:01 up
ip -n r2 link set eth0 address 02:00:00:00:00:02 up
ip -n a address add 10.0.0.10/24 dev eth0
ip -n r1 address add 10.0.0.1/24 dev eth0
ip -n r2 address add 10.0.0.2/24 dev eth0
ip -n r2 address add 10.9.0.1/32 dev lo
ip -n r2 address add 10.9.0.2/32 dev lo
ip -n a route add default via 10.0.0.1
ip -n r1 route add 10.9.0.0/16 via 10.0.0.2
for name in r1 r2; do ip netns exec $name sysctl -qw net.ipv4.ip_forward=1; done
ip netns exec a tcpdump -U -i eth0 -w a.pcap 2>/dev/null &
ip netns exec r1 tcpdump -U -i eth0 -w r1.pcap 2>/dev/null &
sleep 2.5

echo "== a hears of r2 and goes there"
ip -n a route get 10.9.0.1
ip netns exec a ping -c 3 -i 0.5 10.9.0.1
ip -n a route get 10.9.0.1
ip -n a route show cache
ip -n a neigh

echo "== forgotten, and a does not listen"
ip -n a route flush cache
ip netns exec a sysctl -w net.ipv4.conf.eth0.accept_redirects=0 net.ipv4.conf.all.accept_redirects=0
ip netns exec a ping -c 2 -i 0.5 10.9.0.2
ip -n a route get 10.9.0.2

echo "== r1 does not tell: all or the interface is enough to tell"
ip netns exec r1 sysctl -w net.ipv4.conf.eth0.send_redirects=0
sleep 1
ip netns exec a ping -c 1 10.9.0.2
ip netns exec r1 sysctl -w net.ipv4.conf.all.send_redirects=0
sleep 1
ip netns exec a ping -c 1 10.9.0.2
sleep 1.5
kill $(jobs -p)
wait
