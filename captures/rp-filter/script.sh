# Reverse path filter: a packet whose answer would leave by another interface, under each setting.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add a
ip netns add r
ip netns add b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 address 02:00:00:00:0e:01 netns r
ip link add eth1 netns a address 02:00:00:00:0a:02 type veth peer name eth1 address 02:00:00:00:0e:02 netns r
ip link add eth0 netns b address 02:00:00:00:0b:01 type veth peer name eth2 address 02:00:00:00:0e:03 netns r
ip -n a address add 10.0.0.2/24 dev eth0
ip -n a address add 10.0.1.2/24 dev eth1
ip -n a address add 10.99.0.1/32 dev eth0
ip -n r address add 10.0.0.1/24 dev eth0
ip -n r address add 10.0.1.1/24 dev eth1
ip -n r address add 10.0.2.1/24 dev eth2
ip -n b address add 10.0.2.2/24 dev eth0
for device in eth0 eth1; do ip -n a link set $device up; done
for device in eth0 eth1 eth2; do ip -n r link set $device up; done
ip -n b link set eth0 up
ip -n b route add default via 10.0.2.1
ip -n a route add 10.0.2.0/24 via 10.0.1.1 src 10.0.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
ip netns exec a tcpdump -U -i eth1 -w a-eth1.pcap 2>/dev/null &
ip netns exec a tcpdump -U -i eth0 -w a-eth0.pcap 2>/dev/null &
ip netns exec b tcpdump -U -i eth0 -w b.pcap 2>/dev/null &
sleep 1.5

try() {
  ip netns exec a ping -c 1 -W 0.3 -I $1 10.0.2.2
}
echo "== a sends by eth1, r's answer would leave by eth0"
for setting in 0 1 2; do
  ip netns exec r sysctl -w net.ipv4.conf.eth1.rp_filter=$setting
  try 10.0.0.2
  try 10.0.1.2
  try 10.99.0.1
done
echo "== the larger of all and the interface counts"
ip netns exec r sysctl -w net.ipv4.conf.eth1.rp_filter=1 net.ipv4.conf.all.rp_filter=2
try 10.0.0.2
ip netns exec r sysctl -w net.ipv4.conf.eth1.rp_filter=0 net.ipv4.conf.all.rp_filter=1
try 10.0.0.2
ip netns exec r sysctl -w net.ipv4.conf.all.rp_filter=0
echo "== a source that is unreachable, blackholed, or behind the default route"
ip -n a address add 10.99.0.2/32 dev eth0
ip -n r route add unreachable 10.99.0.1
ip -n r route add blackhole 10.99.0.2
for setting in 0 1 2; do
  ip netns exec r sysctl -w net.ipv4.conf.eth1.rp_filter=$setting
  try 10.99.0.1
  try 10.99.0.2
done
ip -n r route del 10.99.0.1
ip -n r route del 10.99.0.2
ip -n r route add default via 10.0.1.2
try 10.99.0.1
ip -n r route get 10.0.2.2 from 10.99.0.1 iif eth1
ip netns exec r sysctl -w net.ipv4.conf.eth1.rp_filter=1
ip -n r route get 10.0.2.2 from 10.0.0.2 iif eth1
ip -n r route get 10.0.2.2 from 10.0.1.2 iif eth1
sleep 1.5
kill $(jobs -p)
wait
