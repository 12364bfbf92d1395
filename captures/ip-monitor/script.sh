# What `ip monitor` prints while things change.
monitor() {
  "$@" >> monitor.txt 2>&1 &
  sleep 1
}
# What was printed since.
heard() {
  sleep 0.3
  kill %1
  wait 2>/dev/null
  cat monitor.txt
  rm monitor.txt
}
# One change, and a line in the output before what comes of it.
change() {
  sleep 0.2
  echo "\$ $*" >> monitor.txt
  "$@" 2>&1
  sleep 0.2
}

ip netns add a
ip link set lo up

echo "== everything"
monitor ip monitor label
change ip link add veth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns a
change ip -n a link set eth0 up
change ip link set veth0 up
change ip address add 10.0.0.1/24 dev veth0
change ip address add 10.0.0.9/24 dev veth0
change ip address add 10.0.1.1/24 brd + dev veth0
change ip address del 10.0.1.1/24 dev veth0
change ip address change 10.0.0.9/24 dev veth0 metric 5
change ip route add 10.1.0.0/16 via 10.0.0.2
change ip route add 10.1.0.0/16 via 10.0.0.3
change ip route append 10.1.0.0/16 via 10.0.0.3 mtu 1300
change ip route replace 10.1.0.0/16 via 10.0.0.4 metric 7
change ip route replace 10.1.0.0/16 via 10.0.0.4 metric 7
change ip route change 10.1.0.0/16 via 10.0.0.5 metric 7
change ip route add blackhole 10.2.0.0/16 table 100
change ip route add 10.3.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 3
change ip route del 10.1.0.0/16 via 10.0.0.2
change ip route flush table 100
change ip rule add from 10.9.0.0/16 lookup 100 pref 50
change ip rule del pref 50
change ip neighbour add 10.0.0.7 lladdr 02:00:00:00:00:07 dev veth0
change ip neighbour replace 10.0.0.7 lladdr 02:00:00:00:00:08 dev veth0 nud reachable
change ip neighbour del 10.0.0.7 dev veth0
change ip neighbour add proxy 10.0.0.8 dev veth0
change ip neighbour del proxy 10.0.0.8 dev veth0
change ip nexthop add id 1 via 10.0.0.2 dev veth0
change ip nexthop add id 2 via 10.0.0.3 dev veth0
change ip nexthop add id 10 group 1/2
change ip route add 10.4.0.0/16 nhid 10
change ip route add 10.5.0.0/16 nhid 1
change ip nexthop replace id 1 via 10.0.0.4 dev veth0 proto bird
change ip nexthop replace id 10 group 1
change ip nexthop del id 1
change ip link set veth0 mtu 1400
change ip link set veth0 alias "a cable"
change ip link set veth0 address 02:00:00:00:00:11
change ip link set veth0 txqueuelen 50
change ip link set veth0 arp off
change ip link set veth0 arp on
change ip link set veth0 promisc on
change ip link set veth0 promisc off
change ip link set veth0 group 5
change sysctl -q -w net.ipv4.conf.veth0.forwarding=1
change sysctl -q -w net.ipv4.conf.veth0.rp_filter=2
change sysctl -q -w net.ipv4.conf.veth0.proxy_arp=1
change sysctl -q -w net.ipv4.ip_forward=1
change sysctl -q -w net.ipv4.conf.all.rp_filter=1
change sysctl -q -w net.ipv4.conf.default.rp_filter=1
change ip -n a link set eth0 down
sleep 1.5
change ip -n a link set eth0 up
sleep 1.5
change ip address del 10.0.0.1/24 dev veth0
change ip address add 10.0.0.1/24 dev veth0
change ip link set veth0 down
change ip link set veth0 name cable
change ip link set cable up
sleep 1
change ip link set cable netns a
change ip -n a link set cable netns 1
change ip link del cable
heard

echo "== neighbours by themselves"
ip link add veth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns a
ip link set veth0 up
ip -n a link set eth0 up
ip address add 10.0.0.1/24 dev veth0
ip -n a address add 10.0.0.2/24 dev eth0
sysctl -q -w net.ipv4.neigh.veth0.base_reachable_time_ms=2000 net.ipv4.neigh.veth0.delay_first_probe_time=1
ip netns exec a sysctl -q -w net.ipv4.neigh.eth0.delay_first_probe_time=3600
sleep 1
monitor ip monitor neigh
change ping -q -c 1 -W 1 10.0.0.2
change ping -q -c 1 -W 4 10.0.0.9
sleep 4
change ip -n a link set eth0 address 02:00:00:00:00:22
change ip -n a neighbour flush dev eth0
change ip neighbour del 10.0.0.9 dev veth0
change ip neighbour flush dev veth0
heard

echo "== by kind, and of one device"
ip link add d1 address 02:00:00:00:02:01 type dummy
for kind in link address route neigh rule nexthop netconf nsid; do
  echo "= $kind"
  monitor ip monitor $kind
  change ip link set d1 up
  change ip address add 10.20.0.1/24 dev d1
  change ip route add 10.21.0.0/16 via 10.20.0.2
  change ip neighbour add 10.20.0.7 lladdr 02:00:00:00:00:07 dev d1
  change ip rule add from 10.9.0.0/16 lookup 100 pref 50
  change ip nexthop add id 5 via 10.20.0.3 dev d1
  change ip rule del pref 50
  change ip link set d1 down
  change ip address flush dev d1
  heard
done
monitor ip monitor label dev d1
change ip link set d1 up
change ip address add 10.20.0.1/24 dev d1
change ip address add 10.30.0.1/24 dev veth0
change ip route add 10.21.0.0/16 via 10.20.0.2
change ip route add 10.22.0.0/16 via 10.0.0.2
change ip neighbour add 10.0.0.7 lladdr 02:00:00:00:00:07 dev veth0
heard
monitor ip -o monitor address link
change ip address del 10.20.0.1/24 dev d1
change ip link set d1 down
heard
monitor ip -d monitor route link
change ip link set d1 up
change ip address add 10.20.0.1/24 dev d1
heard
monitor ip -br monitor all
change ip address del 10.20.0.1/24 dev d1
change ip link set d1 down
heard
monitor ip -j monitor address
change ip address add 10.20.0.1/24 dev d1
change ip address del 10.20.0.1/24 dev d1
heard
monitor ip -6 monitor
change ip address add 10.20.0.1/24 dev d1
change ip neighbour add 10.20.0.7 lladdr 02:00:00:00:00:07 dev d1
heard
monitor ip -4 monitor
change ip address del 10.20.0.1/24 dev d1
heard
ip -t monitor link > monitor.txt &
sleep 1
ip link set d1 mtu 1300
sleep 0.3
kill %1
wait
sed 's/[0-9]/N/g; s/Timestamp: ... ... *NN*/Timestamp: DAY/' monitor.txt
rm monitor.txt
ip -ts monitor link address > monitor.txt &
sleep 1
ip link set d1 mtu 1200
sleep 0.3
kill %1
wait
sed 's/[0-9]/N/g' monitor.txt
rm monitor.txt
timeout 1 ip monitor link
echo "status $?"
ip monitor nonsense
echo "status $?"
ip monitor dev nowhere
echo "status $?"
ip monitor help
echo "status $?"

