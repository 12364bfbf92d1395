# Proxy ARP, and the sysctls that decide who answers an ARP request and with which address.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add a
ip netns add r
ip netns add b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 address 02:00:00:00:0e:01 netns r
ip link add eth0 netns b address 02:00:00:00:0b:01 type veth peer name eth1 address 02:00:00:00:0e:02 netns r
ip -n a address add 10.0.0.2/16 dev eth0
ip -n b address add 10.0.1.2/16 dev eth0
ip -n r address add 10.0.0.1/24 dev eth0
ip -n r address add 10.0.1.1/24 dev eth1
for name in a b; do
  ip -n $name link set eth0 up
done
ip -n r link set eth0 up
ip -n r link set eth1 up
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl -qw net.ipv4.conf.eth0.send_redirects=0 net.ipv4.conf.all.send_redirects=0
# a busy machine does not make a ask twice
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=5000
ip netns exec a tcpdump -U -i eth0 -w a.pcap 2>/dev/null &
ip netns exec b tcpdump -U -i eth0 -w b.pcap 2>/dev/null &
sleep 1.5
ask() {
  ip -n a neigh flush dev eth0
  ip netns exec a ping -c 1 -W 0.4 $1
  ip -n a neigh
  ip -n a neigh flush dev eth0
  sleep 0.1
}

echo "== off: nobody answers"
ask 10.0.1.2
echo "== on, without delay"
ip netns exec r sysctl -w net.ipv4.conf.eth0.proxy_arp=1 net.ipv4.neigh.eth0.proxy_delay=0
ip netns exec r sysctl -w net.ipv4.conf.eth1.proxy_arp=1 net.ipv4.neigh.eth1.proxy_delay=0
ask 10.0.1.2
echo "== not for the network the question came from, and not without a route"
ask 10.0.0.99
ask 10.0.9.9
echo "== for one address only, by an entry"
ip netns exec r sysctl -w net.ipv4.conf.eth0.proxy_arp=0
ip -n r neigh add proxy 10.0.1.2 dev eth0
ip -n r neigh show proxy
ask 10.0.1.2
ip -n r neigh del proxy 10.0.1.2 dev eth0
echo "== for the network the question came from: proxy_arp_pvlan"
ip netns exec r sysctl -w net.ipv4.conf.eth0.proxy_arp_pvlan=1
ask 10.0.0.99
sleep 4
ip netns exec r sysctl -w net.ipv4.conf.eth0.proxy_arp_pvlan=0
echo "== an address of another interface: arp_ignore"
ask 10.0.1.1
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=1
ask 10.0.1.1
ask 10.0.0.1
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=8
ask 10.0.0.1
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_ignore=0
echo "== arp_filter"
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_filter=1
ask 10.0.1.1
ip -n r route add 10.0.0.2/32 dev eth1
ask 10.0.1.1
ip -n r route del 10.0.0.2/32 dev eth1
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_filter=0
echo "== whose address asks: arp_announce"
ip -n r neigh flush all
ip netns exec r ping -c 1 -W 0.4 -I 10.0.1.1 10.0.0.2
ip -n r neigh flush all
ip netns exec r sysctl -w net.ipv4.conf.eth0.arp_announce=2
ip netns exec r ping -c 1 -W 0.4 -I 10.0.1.1 10.0.0.2
sleep 4.5
kill $(jobs -p)
wait
