# Live captures; recorded in live.txt on user-mode Linux 6.1.
modprobe ipip; modprobe dummy
ip link set lo up
ip netns add peer
ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns peer
ip link set eth0 up; ip addr add 10.0.0.1/24 dev eth0; ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n peer link set eth0 up; ip -n peer addr add 10.0.0.2/24 dev eth0
ip -n peer neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip tunnel add t0 mode ipip local 10.0.0.1 remote 10.0.0.2; ip link set t0 up; ip addr add 192.168.7.1/24 dev t0
ip -n peer tunnel add t0 mode ipip local 10.0.0.2 remote 10.0.0.1; ip -n peer link set t0 up
ip -n peer addr add 192.168.7.2/24 dev t0
ip link add dm type dummy
during() {
  ip neigh del 10.0.0.2 dev eth0 2>/dev/null
  for address in 127.0.0.1 10.0.0.2 192.168.7.2; do ping -c 1 -W 1 $address >/dev/null; done
  ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0 2>/dev/null
}
capture() {
  echo "\$ tcpdump $*"
  tcpdump "$@" >out.txt 2>err.txt &
  pid=$!
  sleep 0.5; during; sleep 1.8
  kill -${SIGNAL:-INT} $pid 2>/dev/null
  wait $pid
  echo "= $?"
  sed 's/^/out: /' out.txt
  sed 's/^/err: /' err.txt
}
capture -i nowhere
capture -i 99
capture -ni dm
capture -ni lo
capture -ni eth0
capture -eni eth0
capture -pne -i eth0 icmp
capture -ni eth0 arp
capture -nvi eth0 -c 1
capture -i eth0 -w file.pcap
tcpdump -nr file.pcap 2>&1
capture -i eth0 -U -w file.pcap -c 2
tcpdump -nr file.pcap 2>&1
capture -i any -w any.pcap
tcpdump -nr any.pcap 2>&1
capture -i t0 -w raw.pcap
tcpdump -nr raw.pcap 2>&1
capture -ni any
capture -eni any
capture -ni any -Q out
capture -ni eth0 -Q in
capture -ni t0
capture -eni t0
capture -n
capture -qi eth0 ip
SIGNAL=TERM capture -ni eth0 -s 40
capture -ni eth0 inbound
capture -ni any inbound
capture -ni t0 inbound
capture -ni any vlan
capture -ni any ether host 02:00:00:00:00:01
capture -ni t0 arp
capture -ni eth0 foo bar
capture -ni eth0 -y RAW
capture -ni eth0 -y NOTHING
capture -ni any -y LINUX_SLL
capture -i eth0 -w /nowhere/file.pcap
capture -i eth0 --print -w file.pcap -c 1
capture -L -i eth0
capture -L -i any
capture -L -i t0
capture -D
capture -k
ip link set eth0 down
capture -ni eth0
