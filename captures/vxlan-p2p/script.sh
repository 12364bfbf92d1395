# A VXLAN between two hosts: the tutorial of `remote` and `local`, and what can be set wrong about it.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip netns add a
ip netns add b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 address 02:00:00:00:0b:01 netns b
ip -n a address add 10.0.0.1/24 dev eth0
ip -n b address add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a link set lo up
ip -n b link set lo up
ip -n a link add vxlan0 address 02:00:00:00:0a:02 type vxlan id 42 local 10.0.0.1 remote 10.0.0.2 dstport 4789 dev eth0
ip -n b link add vxlan0 address 02:00:00:00:0b:02 type vxlan id 42 local 10.0.0.2 remote 10.0.0.1 dstport 4789 dev eth0
ip -n a address add 192.168.100.1/24 dev vxlan0
ip -n b address add 192.168.100.2/24 dev vxlan0
ip -n a link set vxlan0 up
ip -n b link set vxlan0 up

ip netns exec a tcpdump -U -i eth0 -w a-eth0.pcap 2>/dev/null &
ip netns exec a tcpdump -U -i vxlan0 -w a-vxlan0.pcap 2>/dev/null &
ip netns exec b tcpdump -U -i eth0 -w b-eth0.pcap 2>/dev/null &
sleep 1.5

ip -n a -d link show vxlan0
bridge -n a fdb show dev vxlan0
ip netns exec a ping -c 2 -i 0.2 192.168.100.2
bridge -n a fdb show dev vxlan0
bridge -n b fdb show dev vxlan0
ip -n a neigh

echo "== sizes; a VXLAN device without df fragments outside"
for size in 1422 1423 2000; do
  ip netns exec a ping -c 1 -W 1 -s $size -M dont 192.168.100.2
done
ip netns exec a ping -c 1 -W 1 -s 1423 -M do 192.168.100.2
ip -n a link set vxlan0 mtu 1500
ip -n b link set vxlan0 mtu 1500
ip netns exec a ping -c 1 -W 1 -s 1472 -M do 192.168.100.2

echo "== type of service and time to live"
ip netns exec a ping -c 1 -W 1 -Q 0xb9 192.168.100.2
ip -n a link set vxlan0 type vxlan tos inherit ttl 7
ip -n a -d link show vxlan0
ip netns exec a ping -c 1 -W 1 -Q 0xb9 192.168.100.2

echo "== wrong inner MAC, wrong number, wrong port: silence, silence, port unreachable"
ip -n a neigh replace 192.168.100.2 lladdr 02:00:00:00:0b:99 dev vxlan0
ip netns exec a ping -c 1 -W 0.3 192.168.100.2
ip -n a neigh replace 192.168.100.2 lladdr 02:00:00:00:0b:02 dev vxlan0 nud permanent
ip -n b link del vxlan0
ip -n b link add vxlan0 address 02:00:00:00:0b:02 type vxlan id 43 local 10.0.0.2 remote 10.0.0.1 dstport 4789 dev eth0
ip -n b address add 192.168.100.2/24 dev vxlan0
ip -n b link set vxlan0 up
ip netns exec a ping -c 1 -W 0.3 192.168.100.2
ip -n b link del vxlan0
ip -n b link add vxlan0 address 02:00:00:00:0b:02 type vxlan id 42 local 10.0.0.2 remote 10.0.0.1 dstport 8472 dev eth0
ip -n b address add 192.168.100.2/24 dev vxlan0
ip -n b link set vxlan0 up
ip netns exec a ping -c 1 -W 0.3 192.168.100.2
ip -n b link show vxlan0

echo "== nothing of it twice"
ip -n a link add vxlan1 type vxlan id 42 local 10.0.0.1 remote 10.0.0.2 dstport 4789 dev eth0
ip -n a link add vxlan0 type vxlan id 44 dstport 4789
ip -n a link add vxlan2 type vxlan id 45 dev eth0
ip -n a -d link show vxlan2
sleep 1.5
kill $(jobs -p)
wait
