# The same work with the older tools: ifconfig, route, arp and brctl.
ip netns add a
ip link add veth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns a
ifconfig veth0 10.0.0.1 netmask 255.255.255.0 up
ip netns exec a ifconfig eth0 10.0.0.2/24
ip netns exec a ifconfig lo up
sleep 1
ifconfig
ifconfig -a
ifconfig -s
ifconfig veth0 mtu 1400
ifconfig veth0:1 10.0.9.1 netmask 255.255.255.0
ifconfig veth0 | head -3
ip address show veth0
ip netns exec a ping -c 2 -i 0.2 10.0.0.1
arp -n
arp -an
ip netns exec a arp -n
ip netns exec a arp -s 10.0.0.50 02:00:00:00:00:50
ip netns exec a arp -n 10.0.0.50
ip netns exec a arp -d 10.0.0.50
ip netns exec a arp -n

route -n
route add -net 10.1.0.0 netmask 255.255.0.0 gw 10.0.0.2
route add -net 10.2.0.0/16 dev veth0
route add -host 10.3.0.1 gw 10.0.0.2 metric 5
route add default gw 10.0.0.2
route add -net 10.4.0.0/16 reject
route -n
route
ip route
netstat -rn
route del -net 10.1.0.0 netmask 255.255.0.0
route del -host 10.3.0.1
route del default
route -n

brctl addbr br0
brctl addif br0 veth0
ifconfig br0 10.0.0.3 netmask 255.255.255.0 up
brctl show
brctl showmacs br0
brctl setfd br0 0
brctl setageing br0 60
brctl stp br0 on
brctl showstp br0
ifconfig veth0 promisc
ifconfig veth0 -promisc
ifconfig veth0:1 down
ifconfig veth0 0.0.0.0
ip address show veth0
ifconfig br0 down
brctl delbr br0
ifconfig veth0 hw ether 02:00:00:00:00:99
ifconfig veth0 down
ip link show veth0
