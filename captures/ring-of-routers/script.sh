#!/bin/bash
# four routers in a ring with loopbacks, static routes both ways, failover by metric
N=4
r() { ip netns exec r$1 "${@:2}"; }
for i in $(seq 1 $N); do
  ip netns add r$i
  r $i ip link set lo up
  r $i ip addr add 10.255.0.$i/32 dev lo
  r $i sysctl -wq net.ipv4.ip_forward=1
done
for i in $(seq 1 $N); do
  j=$(( i % N + 1 ))
  ip link add r$i-r$j type veth peer name r$j-r$i
  ip link set r$i-r$j netns r$i
  ip link set r$j-r$i netns r$j
  r $i ip addr add 10.0.$i.0/31 dev r$i-r$j
  r $j ip addr add 10.0.$i.1/31 dev r$j-r$i
  r $i ip link set r$i-r$j up
  r $j ip link set r$j-r$i up
done
for i in `seq 1 $N`; do
  next=$(( i % N + 1 )); prev=$(( (i + N - 2) % N + 1 ))
  for k in `seq 1 $N`; do
    if [ $k -eq $i ]; then continue; fi
    if [ $k -eq $prev ]; then m1=20 m2=10; else m1=10 m2=20; fi
    r $i ip route add 10.255.0.$k via 10.0.$i.1 metric $m1
    r $i ip route add 10.255.0.$k via 10.0.$prev.0 metric $m2
  done
done
sleep 2
r 1 tcpdump -Uni r1-r2 -w r1-r2.pcap 2>/dev/null &
r 3 tcpdump -Uni r3-r4 -w r3-r4.pcap 2>/dev/null &
sleep 2
r 1 ip route
r 1 ping -c 2 -I 10.255.0.1 10.255.0.3
r 1 traceroute -n -s 10.255.0.1 10.255.0.3
r 1 traceroute -n -I -q 1 10.255.0.4
r 1 ping -c 1 -R 10.255.0.2
echo "-- break r1-r2"
r 1 ip link set r1-r2 down
r 1 ip route
r 2 ip route
r 2 ip -br link
r 1 ping -c 1 -W 1 -I 10.255.0.1 10.255.0.3
r 1 traceroute -n -q 1 -s 10.255.0.1 -w 1 10.255.0.2
echo "-- up again: static routes are gone"
r 1 ip link set r1-r2 up
r 1 ip route | sort
r 1 ip -4 addr show dev r1-r2
sleep 1
kill %1 %2
wait 2>/dev/null
