# What diffutils 3.8 printed for this is in recorded.txt.
printf 'a\nb\nc\nd\ne\nf\ng\nh\n' > 1; printf 'a\nB\nc\nd\ne\nf\nx\ng\n' > 2; printf 'a\nb' > 3; : > 4; printf 'A\n B\n' > 5
diff 1 2; echo "= $?"
diff 1 1; echo "= $?"
diff -u --label x --label y 1 2; echo "= $?"
diff -U1 --label x --label y 1 2; echo "= $?"
diff -u0 --label x --label y 1 2 2>&1 | head -1
diff 1 4; echo "= $?"
diff 4 1; echo "= $?"
diff 1 3; echo "= $?"
diff 3 1; echo "= $?"
diff -q 1 2; echo "= $?"
diff -s 1 1; echo "= $?"
diff -i 5 3; diff -w 5 5 && echo same
diff 1 nosuch; echo "= $?"
diff 1; echo "= $?"
diff <(seq 5) <(seq 2 7); echo "= $?"
diff <(printf 'default via 10.0.0.1 dev a\n10.0.0.0/24 dev a\n') <(printf '10.0.0.0/24 dev a\n')
seq 20 > s; sed 's/^3$/x/;s/^17$/y/' s > t; diff s t; diff -u --label a --label b s t
diff - 1 < 2; echo "= $?"
cmp 1 2; echo "= $?"
cmp -s 1 2; echo "= $?"
cmp 1 1; echo "= $?"
cmp 1 3; echo "= $?"
cmp 1 4; echo "= $?"
