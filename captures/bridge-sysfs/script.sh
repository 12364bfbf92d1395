# What sysfs shows of bridges, and what is written there.
ip link add br0 address 02:00:00:00:00:b0 type bridge
ip link set br0 up
ip link add p1 address 02:00:00:00:00:01 master br0 type veth peer name q1
ip link set p1 up
ip link set q1 up
sleep 2
ls /sys/class/net/br0/brif
[ -d /sys/class/net/br0/bridge ] && echo "br0 is a bridge"
[ -d /sys/class/net/p1/brport ] && echo "p1 is a port"
[ -e /sys/class/net/q1/brport ] || echo "q1 is none"
cd /sys/class/net/br0/bridge
for f in ageing_time bridge_id default_pvid forward_delay group_addr hello_time max_age multicast_querier multicast_router multicast_snooping nf_call_iptables priority root_id root_path_cost root_port stp_state topology_change vlan_filtering; do echo "$f $(cat $f)"; done
cd /sys/class/net/p1/brport
for f in broadcast_flood hairpin_mode isolated learning multicast_flood neigh_suppress path_cost port_no priority state unicast_flood; do echo "$f $(cat $f)"; done
echo 0 > /sys/class/net/br0/bridge/multicast_snooping
echo 1500 > /sys/class/net/br0/bridge/ageing_time
echo 1 > /sys/class/net/p1/brport/hairpin_mode
echo 0 > /sys/class/net/br0/brif/p1/learning
echo nonsense > /sys/class/net/br0/bridge/stp_state
echo 1 > /sys/class/net/br0/bridge/bridge_id
ip -d link show br0 | grep -oE 'ageing_time [0-9]+|mcast_snooping [0-9]'
bridge -d link show dev p1 | grep -oE '(hairpin|learning) o[nf]+'
ip link set p1 nomaster
ls /sys/class/net/br0/brif | wc -l
