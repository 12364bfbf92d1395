# ip maddress: link-layer groups that are asked for by hand, beside those that addresses and devices bring.
ip netns add a
ip -n a link set lo up
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name veth0 address 02:00:00:00:00:02
ip -n a link add dummy0 address 02:00:00:00:00:03 type dummy
ip -n a link add br0 address 02:00:00:00:00:04 type bridge
ip link set veth0 up
ip -n a maddress
ip -n a link set eth0 up
ip -n a link set dummy0 up
ip -n a link set br0 up
ip -n a maddress show
echo "== added"
ip -n a maddress add 33:33:00:00:00:01 dev eth0
echo $?
ip -n a maddr add 01:00:5e:01:02:03 dev eth0
ip -n a maddr add dev dummy0 01:00:5e:00:00:fb
ip -n a maddr show dev eth0
ip -n a maddr show dev dummy0
ip -n a maddr add 33:33:00:00:00:01 dev eth0
echo $?
ip -n a maddr show dev eth0
ip -n a -0 maddr show
ip -n a -4 maddr show
ip -n a -o maddr show dev eth0
ip -n a -j maddr show dev eth0
ip -n a -j -p maddr show dev eth0
ip -n a -s maddr show dev eth0
ip -n a -br maddr show dev eth0
echo "== deleted"
ip -n a maddr del 33:33:00:00:00:01 dev eth0
echo $?
ip -n a maddr show dev eth0
ip -n a maddr del 33:33:00:00:00:01 dev eth0
echo $?
ip -n a maddr del 33:33:00:00:00:01 dev eth0
echo $?
ip -n a maddr show dev eth0
ip -n a maddr del 01:00:5e:00:00:01 dev eth0
echo $?
ip -n a maddr show dev eth0
ip -n a link set eth0 down
ip -n a maddr show dev eth0
ip -n a link set eth0 up
ip -n a maddr show dev eth0 | sort
bridge -n a fdb show dev eth0 | sort
ip -n a maddr add 01:00:5e:00:00:01 dev eth0
ip -n a maddr show dev eth0 | sort
bridge -n a fdb add 01:00:5e:00:00:09 dev eth0 self permanent
ip -n a maddr show dev eth0 | sort
echo "== wrong"
ip -n a maddr add 02:00:00:00:00:09 dev eth0
echo $?
ip -n a maddr add 224.0.0.5 dev eth0
echo $?
ip -n a maddr add 01:00:5e:00:00:05
echo $?
ip -n a maddr add dev eth0
echo $?
ip -n a maddr add 01:00:5e:00:00:05 dev nowhere
echo $?
ip -n a maddr add 01:00:5e dev eth0
echo $?
ip -n a maddr add zz:00:5e:00:00:05 dev eth0
echo $?
ip -n a maddr add 01:00:5e:00:00:05 dev eth0 dev eth0
echo $?
ip -n a maddr add 01:00:5e:00:00:05 01:00:5e:00:00:06 dev eth0
echo $?
ip -n a maddr add 01:00:5e:00:00:05 dev lo
echo $?
ip -n a maddr show dev lo
ip -n a maddr show dev nowhere
echo $?
ip -n a maddr add help
echo $?
ip -n a maddr flush
echo $?
