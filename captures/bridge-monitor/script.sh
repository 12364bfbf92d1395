# What `ip monitor` and `bridge monitor` print of bridges, tunnels and forwarding entries.
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

modprobe ipip
ip link set lo up

echo "== bridge, dummy, tunnels"
monitor ip monitor label
change ip link add br0 address 02:00:00:00:01:00 type bridge mcast_snooping 0 forward_delay 0
change ip link add d0 address 02:00:00:00:01:01 type dummy
change ip link set d0 master br0
change ip link set br0 up
change ip link set d0 up
sleep 1
change ip link set d0 nomaster
change ip link set d0 master br0
change ip address add 10.8.0.1/24 dev br0
change bridge fdb add 02:00:00:00:01:09 dev d0 master static
change bridge fdb del 02:00:00:00:01:09 dev d0 master
change bridge link set dev d0 hairpin on
change ip link set d0 type bridge_slave hairpin off
change ip link add vx0 address 02:00:00:00:01:02 type vxlan id 9 dstport 8472 local 10.8.0.1 dev br0
change ip link set vx0 up
change bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.8.0.2
change bridge fdb add 02:00:00:00:01:19 dev vx0 dst 10.8.0.3
change bridge fdb replace 02:00:00:00:01:19 dev vx0 dst 10.8.0.4
change bridge fdb del 02:00:00:00:01:19 dev vx0
change ip link set vx0 master br0
change ip link add t0 type ipip local 10.8.0.1 remote 10.8.0.9
change ip link set t0 up
change ip address add 10.9.0.1 peer 10.9.0.2 dev t0
change ip tunnel change t0 mode ipip ttl 7
change ip link set t0 down
change ip link del t0
change ip link add vx1 address 02:00:00:00:01:05 type vxlan id 10 dstport 8472 local 10.8.0.1 remote 10.8.0.7
change ip link set vx1 type vxlan remote 10.8.0.8
change ip link set vx1 up
change ip link del vx1
change ip link del vx0
change ip link del d0
change ip link del br0
heard

echo "== bridge monitor"
ip link add br0 address 02:00:00:00:01:00 type bridge mcast_snooping 0 forward_delay 0
ip link set br0 up
ip link add d1 address 02:00:00:00:02:01 type dummy
ip link set d1 mtu 1200
for kind in "" "link" "fdb"; do
  echo "= $kind"
  monitor bridge monitor $kind
  change ip link set d1 master br0
  change ip link set d1 up
  change bridge fdb add 02:00:00:00:01:09 dev d1 master static
  change bridge fdb replace 02:00:00:00:01:09 dev d1 master dynamic
  change bridge fdb del 02:00:00:00:01:09 dev d1 master
  change bridge link set dev d1 hairpin on
  change bridge link set dev d1 hairpin off
  change ip link set d1 nomaster
  change ip link set d1 down
  heard
done
bridge monitor nonsense
echo "status $?"

echo "== learnt"
ip netns add b
ip link add p0 address 02:00:00:00:03:01 type veth peer name eth0 address 02:00:00:00:03:02 netns b
ip link set p0 master br0
ip link set p0 up
ip -n b link set eth0 up
ip -n b address add 10.8.0.5/24 dev eth0
ip address add 10.8.0.1/24 dev br0
sleep 1
monitor bridge monitor fdb
change ip netns exec b ping -q -c 1 -W 1 10.8.0.1
ip -n b link set eth0 down
change ip -n b link set eth0 address 02:00:00:00:03:03
ip -n b link set eth0 up
sleep 1
change ip netns exec b ping -q -c 1 -W 1 10.8.0.1
change bridge fdb del 02:00:00:00:03:03 dev p0 master
heard
