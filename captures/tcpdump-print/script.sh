# What tcpdump prints of recorded files, with its options and filters.
print() {
  echo "\$ tcpdump $*"
  tcpdump "$@"
  echo "exit $?"
}
print -nr ipip.cap
print -ner ipip.cap
print -nvr ipip.cap
print -nvvr ipip.cap
print -pner ipip.cap -c 3
print -tnr ipip.cap
print -ttnr ipip.cap -c 1
print -tttnr ipip.cap -c 3
print -ttttnr ipip.cap -c 1
print -nxr ipip.cap -c 3
print -nxxr ipip.cap -c 3
print -nXr ipip.cap -c 3
print -nqr ipip.cap
print -nSr ipip.cap -c 3
print -nr ipip.cap arp
print -nr ipip.cap icmp
print -nr ipip.cap proto 4
print -nr ipip.cap ip proto 4 and src host 10.211.55.9
print -nr ipip.cap host 10.211.55.8 and not arp
print -nr ipip.cap dst net 10.211.55.0/24
print -nr ipip.cap ether src 00:1c:42:1a:00:08
print -nr ipip.cap ether broadcast
print -nr ipip.cap 'ip[9] = 4'
print -nr ipip.cap less 60
print -nr ipip.cap greater 100
print -nr ipip.cap icmp or arp
print -nr ipip.cap port 80
print -nr vxlan.pcap -c 12
print -nvr vxlan.pcap -c 6
print -nr vxlan.pcap udp port 4789
print -nr vxlan.pcap udp and src 10.0.0.2
print -nr vxlan.pcap icmp
print -nr tunl0.pcap -c 10
print -nvr tunl0.pcap -c 4
print -ner tunl0.pcap -c 2
print -nr tunl0.pcap 'ip[6:2] & 0x3fff != 0'
print -tnr arps.pcap
print -tnvr arps.pcap
print -tnr messages.pcap
print -tnvr messages.pcap
print -tnr options.pcap
print -tnvr options.pcap
print -tnr headers.pcap
print -tnvr headers.pcap
print -tnr fragments.pcap
print -tnvr fragments.pcap
print -nr ipip.cap -w copy.pcap
print -nr copy.pcap
