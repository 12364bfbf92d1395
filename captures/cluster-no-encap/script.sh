# No encapsulation: BIRD's routes lead to the nodes of the subnet, and by the router to the third, which does not know
# the pods until it is told (v3.32).
. ./steps.sh
tables
begin
everybody
limits

echo "== the router learns the blocks"
ip -n underlay route add 192.168.166.128/26 via 10.0.1.11
ip -n underlay route add 192.168.104.0/26 via 10.0.1.12
ip -n underlay route add 192.168.135.0/26 via 10.0.2.13
everybody
sizes 192.168.104.1 1472 1473
sizes 192.168.135.10 1472 1473
limits
afterwards
finish
