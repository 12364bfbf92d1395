# Three hosts on a Linux bridge: learning, flooding, the forwarding database, `bridge` and `brctl`.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
ip link add br0 address 02:00:00:00:00:fe type bridge
ip link set br0 up
for n in 1 2 3; do
  ip netns add h$n
  ip link add port$n type veth peer name eth0 netns h$n
  ip link set port$n address 02:00:00:00:00:a$n
  ip link set port$n master br0 up
  ip -n h$n link set eth0 address 02:00:00:00:00:0$n up
  ip -n h$n address add 10.0.0.$n/24 dev eth0
done
sleep 2
for n in 1 2 3; do
  ip netns exec h$n tcpdump -U -i eth0 -w h$n.pcap 2>/dev/null &
done
tcpdump -U -i br0 -w br0.pcap 2>/dev/null &
sleep 1.5

echo "== the first ping floods, the rest does not"
ip netns exec h1 ping -c 2 -i 0.2 10.0.0.2
bridge fdb show br br0
bridge fdb show dev port1
bridge link
brctl show
brctl showmacs br0

echo "== the bridge as a host"
ip address add 10.0.0.254/24 dev br0
ping -c 1 10.0.0.3
ip netns exec h3 ping -c 1 10.0.0.254

echo "== unknown unicast goes everywhere"
ip -n h1 neigh add 10.0.0.99 lladdr 02:00:00:00:00:99 dev eth0
ip netns exec h1 ping -c 1 -W 0.3 10.0.0.99
echo "== ... unless the port does not flood, or the entry is known"
bridge link set dev port3 flood off
ip netns exec h1 ping -c 1 -W 0.3 10.0.0.99
bridge fdb add 02:00:00:00:00:99 dev port3 master static
ip netns exec h1 ping -c 1 -W 0.3 10.0.0.99
bridge fdb show br br0
bridge fdb del 02:00:00:00:00:99 dev port3 master

echo "== broadcast"
ip netns exec h2 ping -c 1 -W 0.3 -b 10.0.0.255

echo "== a host that moves"
ip -n h3 link set eth0 address 02:00:00:00:00:01
ip netns exec h3 ping -c 1 -W 0.3 10.0.0.2
bridge fdb show br br0
ip -n h3 link set eth0 address 02:00:00:00:00:03

echo "== without learning every frame floods"
bridge link set dev port1 learning off
bridge fdb flush dev port1
ip link set dev br0 type bridge ageing_time 0
ip netns exec h1 ping -c 1 -W 0.3 10.0.0.2

echo "== brctl"
brctl addbr br1
brctl addbr br1
brctl delif br0 port3
brctl addif br1 port3
brctl addif br1 port3
brctl show
brctl showmacs br1
brctl stp br1 on
brctl show br1
brctl delbr br1
ip link set br1 down
brctl delif br1 port3
brctl delbr br1
brctl show
ip -d link show br0
ip -d link show port1
sleep 1.5
kill $(jobs -p)
wait
