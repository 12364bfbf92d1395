# Files for the commands of recorded.txt, which GNU grep 3.8 answered (two blanks before each line, then its status).
cat > a.txt <<'X'
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0
       valid_lft forever preferred_lft forever
X
printf 'a.b\naxb\nfoo(bar)\nfoo bar\nab+c\n[x]\n$5\n^hat\na|b\n{2}\nfoo\nfood\nFOO\n\ntail\\\n' > b.txt
printf 'x\n' > c.txt; mkdir d d/e; echo inner > d/f.txt; echo deep > d/e/g.log; printf 'bin\0ary\n' > bin; printf 'no newline' > nn; : > empty
