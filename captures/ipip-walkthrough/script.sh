# The IPIP tutorial: two namespaces, a host that routes between them, a tunnel over it.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add ns1
ip netns add ns2
ip link add veth1 type veth peer name eth0 netns ns1
ip link add veth2 type veth peer name eth0 netns ns2
ip link set veth1 address 02:00:00:00:01:01
ip link set veth2 address 02:00:00:00:02:01
ip netns exec ns1 ip link set eth0 address 02:00:00:00:01:02
ip netns exec ns2 ip link set eth0 address 02:00:00:00:02:02
ip a a 10.1.1.1/24 dev veth1
ip a a 10.1.2.1/24 dev veth2
ip link set veth1 up
ip link set veth2 up
ip netns exec ns1 ip a a 10.1.1.2/24 dev eth0
ip netns exec ns1 ip link set eth0 up
ip netns exec ns1 ip link set lo up
ip netns exec ns2 ip a a 10.1.2.2/24 dev eth0
ip netns exec ns2 ip link set eth0 up
ip netns exec ns2 ip link set lo up
ip netns exec ns1 ip route add 10.1.2.0/24 via 10.1.1.1 dev eth0
ip netns exec ns2 ip route add 10.1.1.0/24 via 10.1.2.1 dev eth0

echo "== the host does not forward yet"
cat /proc/sys/net/ipv4/ip_forward
ip netns exec ns1 ping -c 1 -W 1 10.1.2.2
echo 1 > /proc/sys/net/ipv4/ip_forward
ip netns exec ns1 ping -c 1 10.1.2.2

echo "== the tunnel"
modprobe ipip
lsmod | grep -c ipip
ip netns exec ns1 ip tunnel add tunl1 mode ipip local 10.1.1.2 remote 10.1.2.2
ip netns exec ns1 ip link set tunl1 up
ip netns exec ns1 ip a a 10.1.100.10/24 peer 10.1.200.10/24 dev tunl1
ip netns exec ns2 ip tunnel add tunl2 mode ipip local 10.1.2.2 remote 10.1.1.2
ip netns exec ns2 ip link set tunl2 up
ip netns exec ns2 ip a a 10.1.200.10/24 peer 10.1.100.10/24 dev tunl2

ip netns exec ns1 ip a
ip netns exec ns1 ip route
ip netns exec ns1 ip tunnel show
ip netns exec ns1 ip -d link show tunl1
ip netns exec ns2 ip route
ip route

ip netns exec ns1 tcpdump -U -i eth0 -w ns1-eth0.pcap 2>/dev/null &
ip netns exec ns1 tcpdump -U -i tunl1 -w ns1-tunl1.pcap 2>/dev/null &
ip netns exec ns2 tcpdump -U -i eth0 -w ns2-eth0.pcap 2>/dev/null &
tcpdump -U -i veth1 -w veth1.pcap 2>/dev/null &
sleep 1.5
ip netns exec ns1 ping -c 3 -i 0.3 10.1.200.10
sleep 1.5
kill $(jobs -p)
wait
ip netns exec ns1 ip neigh
ip neigh
ip netns exec ns1 tcpdump -nr ns1-eth0.pcap
ip netns exec ns1 ip -s link show tunl1
ip netns del ns1
ip netns del ns2
ip netns
ip link
