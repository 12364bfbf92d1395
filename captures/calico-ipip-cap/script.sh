# The capture of the README: a pod pings a pod of the other node, seen at its own node's eth0.
. ./lab.sh

ip netns exec node1 tcpdump -pne -i eth0 -w ipip.cap &
sleep 2
ip netns exec pod73 ping -c 3 192.168.202.5
sleep 2
kill $!
wait
tcpdump -ner ipip.cap
