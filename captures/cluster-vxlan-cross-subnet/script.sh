# Two nodes in one subnet, the third behind a router, VXLAN only where the router is between (v3.31), over a network of
# 1460 bytes.
. ./steps.sh
tables
begin vxlan.calico
everybody
sizes 192.168.104.1 1382 1383 1432 1433
sizes 192.168.135.10 1382 1383 1432
limits
afterwards
finish
