#!/bin/bash
# Every way of starting and stopping tcpdump.
ip netns add a; ip netns add b
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 netns b address 02:00:00:00:00:02
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; ip -n $n link set lo up; done
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=3600000 net.ipv4.neigh.eth0.delay_first_probe_time=3600
ip netns exec b sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=3600000 net.ipv4.neigh.eth0.delay_first_probe_time=3600
sleep 2
echo "=== -c and a background job"
ip netns exec b tcpdump -n -i eth0 -c 4 icmp > cap.txt 2> cap.err &
sleep 2
ip netns exec a ping -c 2 10.0.0.2 > /dev/null
wait %1
cut -d' ' -f2- cap.txt | sed 's/id [0-9]*/id N/'
cat cap.err
echo "=== timeout"
timeout 4 ip netns exec b tcpdump -l -n -e -i eth0 arp or icmp 2>/dev/null > t.txt &
sleep 2
ip netns exec a ping -c 1 10.0.0.2 | grep -o '[0-9]* received'
wait
sed 's/^[0-9:.]* //; s/id [0-9]*/id N/' t.txt
echo "=== -w and -r with a filter"
ip netns exec a tcpdump -i eth0 -w all.pcap &
PID=$!
sleep 2
ip netns exec a ping -c 3 -i 0.3 10.0.0.2 &>/dev/null
ip netns exec a ping -c 1 -s 3000 10.0.0.2 &>/dev/null
ip netns exec a ping -c 1 -W 1 10.0.0.3 &>/dev/null
sleep 4
ip netns exec a traceroute -n -q 1 -m 2 10.0.0.2 &>/dev/null
sleep 2
kill -2 $PID
wait $PID
echo "tcpdump ended with $?"
ls *.pcap
show() { tcpdump "$@" 2>/dev/null | sed -E 's/^([0-9]{2}:[0-9]{2}:[0-9.]+|[0-9]+\.[0-9]+) //; s/id [0-9]+/id N/g'; }
show -nr all.pcap icmp
show -nnvr all.pcap 'icmp[0] == 8' -c 1
show -n -r all.pcap arp
show -ne -r all.pcap 'ether dst ff:ff:ff:ff:ff:ff'
show -tnr all.pcap 'icmp and src host 10.0.0.2' -c 2
show -nqr all.pcap udp
show -nXr all.pcap arp -c 1
show -nr all.pcap 'ip[6:2] & 0x1fff != 0'
show -nr all.pcap 'less 60'
show -nr all.pcap 'not (arp or udp)' | wc -l
show -nr all.pcap port 33434
show -nr all.pcap dst net 10.0.0.0/30 and icmp | wc -l
tcpdump -r all.pcap -w icmp.pcap icmp
tcpdump -r all.pcap nonsense
tcpdump -r missing.pcap
tcpdump -r all.pcap --count
tcpdump -i nosuch
tcpdump -D | head -1 | cut -d. -f1
echo "=== tee, any, killall"
ip netns exec b tcpdump -l -n -i any icmp 2>/dev/null | tee any.txt > /dev/null &
sleep 2
ip netns exec a ping -c 1 10.0.0.2 > /dev/null
ip netns exec b ping -c 1 127.0.0.1 > /dev/null
sleep 2
killall tcpdump
wait
sed 's/^[0-9:.]* //; s/id [0-9]*/id N/' any.txt
echo "=== pkill, quiet start"
ip netns exec a tcpdump -q -n -i eth0 -U -w last.pcap icmp &
sleep 2
ip netns exec a ping -c 1 10.0.0.2 | head -2 | tail -1 | cut -d: -f1
sleep 2
pkill tcpdump
sleep 1
wait
tcpdump -nr last.pcap | wc -l
rm -f cap.txt t.txt any.txt cap.err
