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
### a sourced file, eval and an action of a trap are a level deeper each
echo 'echo in; v=$(echo sub)' > s1
echo '. ./s1' > s2
set -x
. ./s1
. ./s2 arg
f() { . ./s1; }
f
eval '. ./s1'
trap 'echo err $(echo sub)' ERR
false
trap - ERR
set +x
trap 'set -x; echo term; set +x' TERM
kill -TERM $$
### the EXIT trap is not a level deeper
trap 'echo bye; v=$(echo sub); eval "echo evald"' EXIT
set -x
f() { eval 'exit 3'; }
f
### arrays in declarations are expanded and traced before them
set -x
declare -A m=([k]=v) n=([k]=v [a b]="c d" [x]=)
declare -a i=(1 "2 3" [5]=$nope [1+1]=x "it's" *)
declare i+=(3 4)
declare x=a y=(b c) z=d
declare -a e=()
g() { local -A l=([k]=v); local -a q=(1 2); }
g
declare -r ro=(a b)
readonly -A ra=([x]=y)
export ex=(1 2)
typeset -A p=(a b "c d" e)
set +x
declare -p m i y q ro ra
