# A cluster while it changes: the pool's mode is patched, a pod moves, a node leaves and comes back, and the mode changes
# again. What is done at each step is in the files of test/kernel/cluster-changes.ts.
sysctl -qw net.ipv4.neigh.default.base_reachable_time_ms=3600000
sysctl -qw net.ipv4.neigh.default.delay_first_probe_time=3600

# tables NODE…
tables() {
  for node in "$@"; do
    echo "-- $node"
    ip -n $node -br address
    ip -n $node route
    ip -n $node neigh show nud permanent
    bridge -n $node fdb
  done
}

# pings FROM TO
pings() {
  ip netns exec "$1" ping -c 1 -W 0.3 "$2"
}

pids=
for step in 1-start 2-vxlan 3-pod-moved 4-node-left 5-node-back 6-ipip; do
  echo "== $step"
  . ./$step.sh
  sleep 0.5
  if [ $step = 1-start ]; then
    for host in underlay a b c; do
      ip netns exec $host sysctl -qw net.ipv4.icmp_ratelimit=0
    done
    for host in a c default.x; do
      ip netns exec $host tcpdump -U -i eth0 -w $host-eth0.pcap 2>/dev/null &
      pids="$pids $!"
    done
    sleep 1
  fi
  tables a c
  if [ $step != 4-node-left ]; then tables b; fi
  for to in 10.244.2.5 10.244.3.5; do
    pings default.x $to
    pings a $to
  done
  pings default.z 10.244.2.5
done

sleep 1
kill $pids
wait
