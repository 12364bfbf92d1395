# Sockets as netstat and ss list them, flags of VXLAN devices for IPv6 underlays, the default VLAN of a bridge by sysfs, groups
# of VLAN devices, and an announcement (arp_notify) that a bridge does not forward yet.
ip netns add a
ip netns add b
ip -n a link set lo up
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns b
ip -n b link set eth0 up
ip -n a link set eth0 up
ip -n a address add 10.0.0.1/24 brd + dev eth0
sleep 1
echo "== VXLAN"
ip -n a link add vx0 address 02:00:00:00:00:10 type vxlan id 5 local 10.0.0.1 remote 10.0.0.2 dstport 4789 dev eth0 udp6zerocsumtx udp6zerocsumrx noudpcsum
ip -n a link add vx1 address 02:00:00:00:00:11 type vxlan id 6 local 10.0.0.1 dstport 4790 noudp6zerocsumtx udp6zerocsumrx
ip -n a -d link show vx0
ip -n a -d -j link show vx1
ip -n a link set vx0 type vxlan noudp6zerocsumtx
ip -n a link set vx0 type vxlan udp6zerocsumrx
ip -n a -d link show vx0
ip netns exec a netstat -uln
ip -n a link set vx0 up
ip -n a link set vx1 up
ip netns exec a netstat -uln
ip netns exec a netstat -an
ip netns exec a netstat -tln
ip netns exec a netstat -l
for options in -uln -tln -tuln -an -ln -ulnp "" -u -s -H\ -uln --udp\ --listening; do
  echo "- ss $options"
  ip netns exec a ss $options 2>&1 | grep -v '^nl\|^u_\|^p_'
done
ip netns exec a ss -V
ip netns exec a netstat -ulnp
echo "== default_pvid"
ip -n a link add br0 address 02:00:00:00:00:20 type bridge vlan_filtering 1
ip -n a link add d0 address 02:00:00:00:00:21 type dummy
ip -n a link set d0 master br0
ip netns exec a bash -c 'echo 5 > /sys/class/net/br0/bridge/default_pvid'
ip netns exec a bash -c 'echo 1 > /sys/class/net/br0/bridge/default_pvid'
ip netns exec a bash -c 'echo 5000 > /sys/class/net/br0/bridge/default_pvid'
ip netns exec a cat /sys/class/net/br0/bridge/default_pvid
bridge -n a vlan
ip -n a link set br0 type bridge vlan_default_pvid 7
bridge -n a vlan
ip -n a link set br0 type bridge vlan_filtering 0
ip netns exec a bash -c 'echo 5 > /sys/class/net/br0/bridge/default_pvid'
bridge -n a vlan
echo "== VLAN devices"
ip -n a link add link eth0 name eth0.5 type vlan id 5
ip -n a link add link eth0 name eth0.6 type vlan id 6
ip -n a maddress show dev eth0
ip -n a -j link show type vlan
ip -n a -br link show type vlan
ip -n a link del eth0.5
ip -n a link del eth0.6
ip -n a maddress show dev eth0
ip -n a link set br0 up
ip netns exec a netstat -gn
echo "== an announcement"
ip link add br1 address 02:00:00:00:00:30 type bridge mcast_snooping 0
ip link add left address 02:00:00:00:00:31 type veth peer name eth1 address 02:00:00:00:00:32 netns a
ip link add right address 02:00:00:00:00:33 type veth peer name eth1 address 02:00:00:00:00:34 netns b
ip link set left master br1
ip link set right master br1
ip link set br1 up
ip link set left up
ip link set right up
ip -n b link set eth1 up
ip -n a address add 10.1.0.1/24 dev eth1
ip netns exec a sysctl -qw net.ipv4.conf.eth1.arp_notify=1
sleep 1
ip netns exec b tcpdump -U -i eth1 -w b-eth1.pcap 2>/dev/null &
tcpdump -U -i left -w left.pcap 2>/dev/null &
sleep 1.5
ip -n a link set eth1 up
sleep 0.5
ip -n a link set eth1 address 02:00:00:00:00:35
sleep 0.5
ip -n a link set eth1 down
sleep 0.5
ip -n a link set eth1 up
sleep 1.5
kill %1 %2
wait
tcpdump -nr b-eth1.pcap
tcpdump -nr left.pcap
