# A cluster with IPIP between all nodes, as Calico v3.20 with BIRD makes it.
. ./steps.sh
tables
begin tunl0
everybody
sizes 192.168.104.1 1452 1453 1472 1473 2905
limits
afterwards
finish

echo "== nodes learn what the path carries"
ip -n underlay link set port2 mtu 1400
ip -n node2 link set eth0 mtu 1400
pings default.web-1 -M do -s 1400 192.168.104.1
ip -n node1 route get 10.0.0.12
