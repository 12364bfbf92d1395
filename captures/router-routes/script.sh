# A router with a few hundred routes of every length and kind, and a thousand frames that ask them.
# Every error is sent: nothing here depends on how fast the frames come.
sysctl -qw net.ipv4.route.error_cost=0
ip netns add router
for device in in0 in1 out0 out1 out2; do
  ip -n router link add $device type veth peer name $device netns 1
  ip link set $device up
done
ip -n router link add dummy0 address 02:05:00:00:00:01 type dummy
ip -n router link set lo up
ip -n router link set in0 address 02:01:00:00:00:01 up
ip -n router link set in1 address 02:01:01:00:00:01 up
ip -n router link set out0 address 02:02:00:00:00:01 up
ip -n router link set out1 address 02:03:00:00:00:01 up
ip -n router link set out2 address 02:04:00:00:00:01 mtu 600 up
ip -n router link set dummy0 up
ip -n router address add 10.1.0.1/24 dev in0
ip -n router address add 10.1.1.1/24 dev in1
ip -n router address add 10.2.0.1/24 dev out0
ip -n router address add 10.99.0.1/32 dev out0
ip -n router address add 10.3.0.1/24 dev out1
ip -n router address add 10.4.0.1/24 dev out2
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0
ip netns exec router sysctl -qw net.ipv4.conf.all.send_redirects=0
for device in in0 in1 out0 out1 out2; do
  ip netns exec router sysctl -qw net.ipv4.conf.$device.send_redirects=0
done

# The hosts around it are only addresses; 10.3.0.9 is nobody.
ip -n router neigh add 10.1.0.2 lladdr 02:01:00:00:00:02 dev in0
ip -n router neigh add 10.1.0.77 lladdr 02:01:00:00:00:77 dev in0
ip -n router neigh add 10.1.1.9 lladdr 02:01:01:00:00:09 dev in1
ip -n router neigh add 10.2.0.2 lladdr 02:02:00:00:00:02 dev out0
ip -n router neigh add 10.2.0.3 lladdr 02:02:00:00:00:03 dev out0
ip -n router neigh add 10.3.0.2 lladdr 02:03:00:00:00:02 dev out1
ip -n router neigh add 10.3.0.3 lladdr 02:03:00:00:00:03 dev out1
ip -n router neigh add 192.0.2.1 lladdr 02:03:c0:00:02:01 dev out1
ip -n router neigh add 10.4.0.2 lladdr 02:04:00:00:00:02 dev out2
ip -n router route add 172.20.0.0/16 via 10.1.0.2
ip -n router route add 172.21.0.0/16 via 10.1.1.9

ip -n router -b routes.txt
ip -n router route add 203.0.113.0/24 via 10.3.0.9
ip -n router rule add from 10.1.0.77 lookup 100
ip -n router rule add iif in1 to 64.0.0.0/2 lookup 100
ip -n router rule add from 172.21.0.0/16 to 32.0.0.0/4 prohibit
ip -n router rule add from 172.21.0.0/16 to 48.0.0.0/4 unreachable
ip -n router rule add from 172.21.0.0/16 to 16.0.0.0/4 blackhole
ip -n router rule
ip -n router route
ip -n router route show table 100
ip -n router route show table local

echo "== route get"
for destination in 16.1.2.3 64.1.2.3 80.9.9.9 100.64.0.1 128.0.0.1 150.150.1.1 198.18.0.77 198.18.1.0 203.0.113.9 223.255.255.1; do
  ip -n router route get $destination
  ip -n router route get $destination from 10.1.0.77 iif in0
  ip -n router route get $destination from 172.21.5.6 iif in1
done

for device in in0 in1 out0 out1 out2 dummy0; do
  ip netns exec router tcpdump -U -B 16384 -i $device -w router-$device.pcap 2>/dev/null &
done
sleep 2
tcpreplay -q -p 1000 -i in0 in0.pcap
tcpreplay -q -p 1000 -i in1 in1.pcap
sleep 0.5
tcpreplay -q -p 1000 -i in0 lost.pcap
sleep 5
kill $(jobs -p)
wait
