### simple commands and quotes
set -x
echo a "b c" 'd$e' '' "it's"
x=1 y="a b"
x=2 echo hi > /dev/null
echo $x "$y" *nomatch*
set +x
echo done
### loops and conditions
set -x
for i in 1 "2 3"; do : $i; done
if [ $i = 1 ]; then :; else echo else; fi
while false; do :; done
case $i in 1) :;; *) echo other;; esac
[[ $i == 2* && -n $i ]]
((i2 = 3 + 4))
for ((j=0; j<2; j++)); do :; done
! false
### functions, substitutions, subshells
set -x
f() { local q=5; echo $q $1; }
f x
v=$(echo sub)
w=$(echo $(echo nested))
echo a | cat
(echo subshell)
{ echo group; }
### arrays, exports, eval
set -x
a=(1 "2 3")
a+=(4)
export E=1 F="a b"
declare d=2
eval 'echo evald'
eval "x=\$((1+1))"
cmd="echo w"
$cmd x
. /dev/null
### special characters
set -x
echo "multi
line" $'t\tab' 'a;b' 'a=b' '~' a~b '#c' 'x{y}' '[z]' 'a!b' 'a*' '?' '<' 'a,b' 'a:b' '%' '@' '^' '+' '=' '-n'
### PS4
PS4='> '
set -x
echo a
PS4='+$LINENO: '
echo b
### here-documents and redirections do not show
set -x
cat <<E
text
E
echo x > f 2>&1
cat < f
### set -x in a subshell, and with other options
(set -x; echo in)
set -ex
true
bash -xc 'echo c'
set +x
set -o xtrace
:
set +o xtrace
echo $-
### a trace into a program
set -x
sleep 0
date +%Y > /dev/null
/bin/echo path
