# What was learnt about a path counts no more for the route by which a packet could not be delivered (ipv4_link_failure).
#
#   a 10.0.1.1 ─ 10.0.1.2 r 10.0.2.1 ─ MTU 1300 ─ 10.0.2.2 b
sysctl -qw net.ipv4.route.error_cost=0
for name in a r b; do
  ip netns add $name
  ip -n $name link set lo up
  ip netns exec $name sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
  ip netns exec $name sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
done
ip link add eth0 netns a address 02:00:00:00:01:01 type veth peer name eth0 netns r address 02:00:00:00:01:02
ip link add eth1 mtu 1300 netns r address 02:00:00:00:02:01 type veth peer name eth0 mtu 1300 netns b address 02:00:00:00:02:02
ip -n a address add 10.0.1.1/24 dev eth0; ip -n a link set eth0 up
ip -n r address add 10.0.1.2/24 dev eth0; ip -n r link set eth0 up
ip -n r neigh add 10.0.1.1 lladdr 02:00:00:00:01:01 dev eth0
ip -n r address add 10.0.2.1/24 dev eth1; ip -n r link set eth1 up
ip -n b address add 10.0.2.2/24 dev eth0; ip -n b link set eth0 up
ip -n a route add default via 10.0.1.2
ip -n b route add default via 10.0.2.1
modprobe ipip
# learnt NAMESPACE DESTINATION
learnt() {
  echo "-- of $2"
  ip -n $1 -o route get $2 | sed 's/expires [0-9]*sec/expires/'
  ip -n $1 -o route show cache | sed 's/expires [0-9]*sec/expires/' | sort
}

echo "== a path that ICMP taught"
ip netns exec a ping -n -c 1 -W 1 -M do -s 1400 10.0.2.2
learnt a 10.0.2.2

echo "== its gateway does not answer any more"
ip netns exec r sysctl -qw net.ipv4.conf.eth0.arp_ignore=8
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 -W 10 -s 1350 10.0.2.2
learnt a 10.0.2.2
ip netns exec r sysctl -qw net.ipv4.conf.eth0.arp_ignore=0
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 -W 1 -M do -s 1400 10.0.2.2
learnt a 10.0.2.2

echo "== a tunnel whose outer packets come back"
ip -n a tunnel add t0 mode ipip local 10.0.1.1 remote 10.0.2.77
ip -n a address add 10.9.0.1/24 dev t0
ip -n a link set t0 up
ip netns exec a ping -n -c 1 -W 0.2 10.9.0.2
learnt a 10.9.0.2
sleep 8
ip netns exec a ping -n -c 1 -W 0.2 10.9.0.2
learnt a 10.9.0.2
ip netns exec a ping -n -c 1 -W 0.2 10.9.0.2
learnt a 10.9.0.2

sleep 8
echo "== and the same without its own path discovery"
ip -n a tunnel change t0 mode ipip local 10.0.1.1 remote 10.0.2.78 nopmtudisc
for i in 1 2 3; do
  ip netns exec a ping -n -c 1 -W 0.2 10.9.0.3
  learnt a 10.9.0.3
  sleep 8
done
