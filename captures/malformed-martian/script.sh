# Frames that a host should distrust, one kind after another: what it answers, forwards and drops.
# Every error is sent: nothing here depends on how fast the frames come.
sysctl -qw net.ipv4.route.error_cost=0
ip netns add host
ip link add peer0 type veth peer name eth0 netns host
ip link add peer1 type veth peer name eth1 netns host
ip link set peer0 up
ip link set peer1 up
ip -n host link set lo up
ip -n host link set eth0 address 02:09:00:00:00:01 up
ip -n host link set eth1 address 02:09:01:00:00:01 up
ip -n host address add 10.9.0.1/24 brd + dev eth0
ip -n host address add 10.9.1.1/24 brd + dev eth1
ip netns exec host sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
ip netns exec host sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0
ip -n host neigh add 10.9.0.2 lladdr 02:09:00:00:00:02 dev eth0
ip -n host neigh add 10.9.1.2 lladdr 02:09:01:00:00:02 dev eth1
ip -n host neigh add 10.9.0.77 lladdr 02:09:00:00:00:77 dev eth0
ip -n host neigh add 10.9.1.0 lladdr 02:09:01:00:00:10 dev eth1
ip -n host neigh add 10.9.1.77 lladdr 02:09:01:00:00:77 dev eth1
ip -n host route add 203.0.113.0/25 via 10.9.1.2

# replay IN OUT SECONDS [SPEED]: the frames of IN.pcap go in at eth0; what is seen there and at eth1 is kept.
replay() {
  ip netns exec host tcpdump -U -B 16384 -i eth0 -w "eth0-$2.pcap" 2>/dev/null &
  first=$!
  ip netns exec host tcpdump -U -B 16384 -i eth1 -w "eth1-$2.pcap" 2>/dev/null &
  second=$!
  sleep 1.5
  tcpreplay -q ${4:--p 200} -i peer0 "$1.pcap" >/dev/null 2>&1
  sleep "$3"
  kill $first $second
  wait $first $second
  echo "== $2"
  ip -n host neigh
  NSTAT_HISTORY=/tmp/host.nstat ip netns exec host nstat
}

replay headers headers 1.5
replay messages messages 1.5
replay links links 1.5
replay options options 1.5
ip netns exec host sysctl -w net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.eth0.accept_source_route=1
replay options options-source-route 1.5
for filter in 0 1 2; do
  ip netns exec host sysctl -w net.ipv4.conf.eth0.rp_filter=$filter
  # Answers to senders that do not exist wait for ARP, and fail together with it.
  replay martians martians-rp-filter-$filter 5
  ip -n host neigh del 10.9.0.0 dev eth0
done
ip netns exec host sysctl -w net.ipv4.conf.eth0.rp_filter=0
ip netns exec host sysctl -w net.ipv4.ipfrag_time=2
replay fragments fragments 3
replay unfinished unfinished 4 '-x 1'
replay arps arps 1.5
ip netns exec host sysctl -w net.ipv4.conf.all.arp_accept=1
ip -n host neigh flush dev eth0
replay arps arps-accept 1.5
