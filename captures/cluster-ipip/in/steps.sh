# What every cluster scenario does with its three nodes and six pods; use it with `. ./steps.sh`.
#
#   node1  default.web-1 192.168.166.130  default.web-2 192.168.166.131
#   node2  shop.api-0    192.168.104.1    shop.api-1    192.168.104.2
#   node3  shop.db-0     192.168.135.10   shop.db-1     192.168.135.11

# Neighbours stay as they are for the whole lab: how long it takes depends on the machine.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600
. ./cluster.sh
for host in underlay node1 node2 node3; do
  ip netns exec $host sysctl -qw net.ipv4.icmp_ratelimit=0
done

pids=
# capture NAMESPACE DEVICE
capture() {
  ip netns exec "$1" tcpdump -U -i "$2" -w "$1-$2.pcap" 2>/dev/null &
  pids="$pids $!"
}

# begin [TUNNEL]: captures where packets pass, and at the nodes' tunnels.
begin() {
  for pod in default.web-1 shop.api-0 shop.db-0; do capture $pod eth0; done
  for node in node1 node2 node3; do
    capture $node eth0
    if [ -n "$1" ]; then capture $node "$1"; fi
  done
  capture node1 cali0761ccbeace
  sleep 3
}

finish() {
  sleep 2
  kill $pids
  wait
}

# pings OPTION… : one, which may get no answer
pings() {
  ip netns exec "$1" ping -c 1 -W 0.3 "${@:2}"
}

# show NODE: what `ip` says on it
show() {
  echo "-- $1"
  ip -n $1 address
  ip -n $1 -d link
  ip -n $1 route
  ip -n $1 neigh
  bridge -n $1 fdb
}

tables() {
  echo "== what Calico made"
  for node in node1 node2 node3; do show $node; done
  ip -n default.web-1 address
  ip -n default.web-1 route
  for node in node1 node2 node3; do
    for to in 192.168.104.1 192.168.135.10 192.168.166.160; do ip -n $node route get $to; done
  done
  ip -n node1 route get 192.168.104.1 from 192.168.166.130 iif cali0761ccbeace
  ip -n node3 route get 192.168.104.1 from 192.168.135.10 iif cali43878a68a0a
}

everybody() {
  echo "== pods to pods"
  for to in 192.168.166.131 192.168.104.1 192.168.135.10; do
    pings default.web-1 $to
  done
  pings shop.api-0 192.168.135.11
  pings shop.api-0 192.168.104.2
  pings shop.db-1 192.168.166.131
  ip netns exec shop.db-0 ping -c 2 -i 0.2 -W 0.3 192.168.104.1

  echo "== pods and nodes"
  for node in node1 node2 node3; do
    address=$(ip -n $node -4 -o address show dev eth0 | awk '{ sub("/.*", "", $4); print $4 }')
    pings default.web-1 $address
    pings $node 192.168.104.2
  done
  pings shop.api-0 169.254.1.1
}

# sizes TO SIZE…: of ICMP data, around the MTUs on the way
sizes() {
  echo "== sizes"
  for how in dont 'do'; do
    for size in "${@:2}"; do pings default.web-1 -M $how -s $size $1; done
  done
}

limits() {
  echo "== time to live"
  for ttl in 1 2 3 4; do pings default.web-1 -t $ttl 192.168.135.10; done
  ip netns exec default.web-1 traceroute -n -q 1 -N 1 -w 0.3 -m 4 192.168.104.1
  ip netns exec default.web-1 traceroute -n -I -q 1 -N 1 -w 0.3 -m 4 192.168.135.10

  echo "== addresses that no pod has"
  pings default.web-1 192.168.166.160
  pings default.web-1 192.168.104.60
  pings shop.db-0 192.168.200.1
  pings node1 192.168.166.160
  pings node1 192.168.104.60
}

afterwards() {
  echo "== afterwards"
  for node in node1 node2 node3; do ip -n $node neigh; done
  ip -n default.web-1 neigh
  ip -n underlay neigh
}
