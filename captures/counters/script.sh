# What is counted where: /proc/net/snmp and netstat through nstat, in three hosts, one event after another.
#
#   left 10.0.1.2 ─ router ─ 10.0.2.0/24, MTU 1000 ─ right 10.0.2.2
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
sysctl -qw net.ipv4.route.error_cost=0
for name in left router right; do
  ip netns add $name
  ip netns exec $name sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0
done
cable() {
  ip link add $2 netns $1 address 02:00:00:00:0$7:01 type veth peer name $5 address 02:00:00:00:0$7:02 netns $4
  ip -n $1 address add $3/24 dev $2
  ip -n $4 address add $6/24 dev $5
  ip -n $1 link set $2 up
  ip -n $4 link set $5 up
}
cable left eth0 10.0.1.2 router eth0 10.0.1.1 1
cable router eth1 10.0.2.1 right eth0 10.0.2.2 2
ip -n router link set eth1 mtu 1000
ip -n left route add default via 10.0.1.1
ip -n right route add default via 10.0.2.1
ip netns exec router sysctl -qw net.ipv4.ip_forward=1
sleep 1

# what the hosts counted since they were last asked
counted() {
  echo "== $*"
  for name in left router right; do
    echo "- $name"
    NSTAT_HISTORY=$name.nstat ip netns exec $name nstat
  done
}
from() {
  ip netns exec left "$@" >/dev/null 2>&1
}

counted nothing yet
from ping -c 3 -i 0.2 10.0.2.2
counted three pings
from ping -c 1 -W 1 -M dont -s 2000 10.0.2.2
counted a ping in pieces
from ping -c 1 -W 1 -M do -s 1200 10.0.2.2
counted too long for the second cable
from ping -c 1 -W 1 -M do -s 1200 10.0.2.2
counted too long for what is known of the path
ip -n left route flush cache
from ping -c 1 -W 1 -t 1 10.0.2.2
counted a short life
from ping -c 1 -W 1 10.0.9.9
counted no route at the router
ip -n router route add unreachable 10.0.8.0/24
ip -n router route add blackhole 10.0.7.0/24
ip -n router route add prohibit 10.0.6.0/24
from ping -c 1 -W 1 10.0.8.9
from ping -c 1 -W 1 10.0.7.9
from ping -c 1 -W 1 10.0.6.9
counted routes that refuse
from ping -c 1 -W 4 10.0.2.99
sleep 3
counted a neighbour that is not there
from traceroute -n -q 1 -m 3 -w 1 10.0.2.2
counted a traceroute
from ping -c 1 -W 1 -b 10.0.1.255
ip netns exec right sysctl -qw net.ipv4.icmp_echo_ignore_all=1
from ping -c 1 -W 1 10.0.2.2
ip netns exec right sysctl -qw net.ipv4.icmp_echo_ignore_all=0
counted a broadcast and one that is ignored
ip netns exec router sysctl -qw net.ipv4.conf.all.rp_filter=1
ip -n left address add 10.0.2.77/32 dev eth0
from ping -c 1 -W 1 -I 10.0.2.77 10.0.2.2
counted a sender from the wrong side
ip netns exec router sysctl -qw net.ipv4.ip_forward=0
from ping -c 1 -W 1 10.0.2.2
counted a router that does not forward
from ping -c 1 -W 1 -Q 1 10.0.1.1
from ping -c 1 -W 1 -Q 2 10.0.1.1
from ping -c 1 -W 1 -Q 3 10.0.1.1
from ping -c 1 -W 1 -T tsonly 10.0.1.1
counted congestion bits and a timestamp
ip -n left route del default
from ping -c 1 -W 1 10.0.2.2
from ping -c 1 -W 1 127.0.0.1
ip -n left link set lo up
from ping -c 1 -W 1 127.0.0.1
counted no route at the sender, and the loopback
ip -n left address add 10.0.1.3/24 dev eth0
from ping -c 1 -W 1 10.0.1.3
from arping -c 1 -I eth0 10.0.1.1
counted itself

echo "== nstat"
cd /tmp
export NSTAT_HISTORY=/tmp/history
ip netns exec left nstat -n
cat history
ip netns exec left nstat
ip netns exec left ping -c 1 10.0.1.1 >/dev/null
ip netns exec left nstat -s
ip netns exec left nstat -s 'Icmp*' ipin*
ip netns exec left nstat -sz 'Icmp*'
ip netns exec left nstat -as 'IpExt*' IpInReceives
ip netns exec left nstat -sj
ip netns exec left nstat -sjp IpIn*
ip netns exec left nstat IpInReceives
cat history
ip netns exec left nstat
ip netns exec left nstat -r 'IpOut*'
ip netns exec left nstat -az
ip netns exec left nstat --zeros --ignore --noupdate --json '*Fail*'
nstat -V
nstat --help
echo $?
nstat -x
echo $?
nstat -t 0
echo $?
echo '#other' > history
echo 'IpInReceives 1' >> history
ip netns exec left nstat IpIn*
echo 'IpInReceives' > history
ip netns exec left nstat IpIn*
echo $?
unset NSTAT_HISTORY
ip netns exec left nstat -n
head -2 /tmp/.nstat.u0

echo "== the files"
for name in left router right; do
  ip netns exec $name cat /proc/net/snmp
  ip netns exec $name cat /proc/net/netstat
done
ip netns exec router netstat -s
ip netns exec left netstat -s
ip netns exec right netstat -s
ip netns exec right netstat -su
ip netns exec right netstat -sw
ip netns exec right netstat -st
