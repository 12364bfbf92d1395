# A cluster with VXLAN between all nodes (v3.32); the pods' MACs are fixed by an annotation.
. ./steps.sh
tables
begin vxlan.calico
everybody
sizes 192.168.104.1 1422 1423 1472 2845
limits
afterwards
finish

echo "== a node is not where the forwarding entry says"
bridge -n node1 fdb replace 66:2d:bf:44:a6:8b dev vxlan.calico dst 10.0.0.99 self permanent
pings default.web-1 192.168.104.1
bridge -n node1 fdb delete 66:2d:bf:44:a6:8b dev vxlan.calico dst 10.0.0.99 self
pings default.web-1 192.168.104.1
ip -n node1 route get 192.168.104.1
