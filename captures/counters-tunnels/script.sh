# What two nodes with an IPIP and a VXLAN tunnel count, outer and inner packets alike.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
modprobe ipip
for name in node1 node2; do
  ip netns add $name
  ip -n $name link set lo up
  ip netns exec $name sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 net.ipv4.ip_forward=1
done
ip link add eth0 netns node1 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns node2
for i in 1 2; do
  ip -n node$i address add 192.168.0.$i/24 brd + dev eth0
  ip -n node$i link set eth0 up
  ip -n node$i link add ipip0 type ipip local 192.168.0.$i remote 192.168.0.$((3 - i)) ttl 64
  ip -n node$i address add 10.1.0.$i/24 dev ipip0
  ip -n node$i link set ipip0 up
  ip -n node$i link add vxlan0 address 02:01:00:00:00:0$i type vxlan id 7 dstport 4789 local 192.168.0.$i remote 192.168.0.$((3 - i)) noudpcsum
  ip -n node$i address add 10.2.0.$i/24 dev vxlan0
  ip -n node$i link set vxlan0 up
done
sleep 1

counted() {
  echo "== $*"
  for name in node1 node2; do
    echo "- $name"
    NSTAT_HISTORY=/tmp/$name.nstat ip netns exec $name nstat
  done
}
from() {
  ip netns exec node1 "$@" >/dev/null 2>&1
}

from ping -c 1 192.168.0.2
counted the cable
from ping -c 3 -i 0.2 10.1.0.2
counted three pings by IPIP
from ping -c 1 -W 1 -s 3000 10.1.0.2
counted a long one
from ping -c 1 -W 1 -M do -s 1472 10.1.0.2
counted too long for the tunnel
from ping -c 3 -i 0.2 10.2.0.2
counted three pings by VXLAN
from ping -c 1 -W 1 -s 3000 10.2.0.2
counted a long one by VXLAN
from ping -c 1 -W 1 -Q 3 10.2.0.2
from ping -c 1 -W 1 -Q 2 10.1.0.2
counted congestion bits
ip -n node2 link set vxlan0 down
from ping -c 1 -W 1 10.2.0.2
counted a tunnel that is down
ip -n node2 link del vxlan0
from ping -c 1 -W 1 10.2.0.2
counted no such port
ip -n node2 link add vxlan0 address 02:01:00:00:00:02 type vxlan id 8 dstport 4789 local 192.168.0.2
ip -n node2 link set vxlan0 up
from ping -c 1 -W 1 10.2.0.2
counted another VNI
ip -n node2 link del ipip0
from ping -c 1 -W 1 10.1.0.2
counted no such tunnel
ip -n node1 link set eth0 mtu 1000
from ping -c 1 -W 1 -M dont -s 1200 192.168.0.2
from ping -c 1 -W 1 -M dont -s 1200 10.1.0.2
counted a narrow cable
from ping -c 1 -W 1 -I eth0 224.0.0.1
from ping -c 1 -W 1 -b 192.168.0.255
from ping -c 1 -W 1 -b 255.255.255.255 -I eth0
counted groups and broadcasts
