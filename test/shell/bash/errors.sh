### command not found, with the line
echo a

nosuch arg
echo $?
### not found in a pipeline, a substitution, a subshell, a function
nosuch | cat
x=$(nosuch2)
(nosuch3)
f() {
  nosuch4
}
f
eval nosuch5
eval 'true
nosuch6'
### not found in other shells
bash -c 'nosuch7'
bash -c 'true
nosuch8'
sh -c 'exit 3'; echo $?
echo nosuch9 | bash
bash <<E
nosuch10
E
bash nofile.sh
echo $?
### not found in a sourced file
echo 'true
nosuch' > lib.sh
. ./lib.sh
. lib2.sh
echo $?
### directories and files that cannot be run
./nofile
echo $?
/tmp
echo $?
touch plain; ./plain
echo $?
### redirections that fail
echo x > /nonexistent/file
echo $?
cat < nofile
echo $?
{ echo a; } > /nonexistent/x || echo failed
echo x > /tmp
x=5 > /nonexistent/y; echo "$? [$x]"
### bad descriptors and ambiguous redirections
echo x >&7
f="a b"; echo x > $f
echo y > ""
echo $?
### cd
cd /nonexistent
cd a b
touch f; cd f
### an unset variable under set -u
set -u
echo "$nope"
echo never
### division by zero gives the line up
echo before; echo $((1/0)); echo same line
echo "next $?"
### arithmetic that is none
echo $((1+))
echo $((a b))
((1+*2))
echo $?
let 5/0
echo $?
x=08; echo $((x+1))
### readonly variables
readonly r=1
r=2
echo $?
export r=3
unset r
f() { local r=4; echo $r; }; f
### bad substitution
echo ${a!b}
echo next
### numeric arguments of builtins
shift x
exit abc
### return outside of a function, break outside of a loop
return 3
echo $?
break
echo $?
local x=1
### wrong options of builtins
cd -Z 2>/dev/null || true
read -Q
export 1a=2
declare 1b
unset -Q
set -Z
shopt -s nosuchopt
trap x NOSUCH
### parameters with an error
echo ${x:?}
echo ${x:?custom message}
echo never
### syntax error: what comes before it runs
echo one
echo two
if true; then echo three
fi }
echo four
### syntax error: an end is missing
echo one
if true; then
echo two
### syntax error: a quote is open
echo one
echo "two
### syntax error in eval and in a sourced file
eval 'if'
echo $?
echo 'fi' > bad.sh
. ./bad.sh
echo $?
echo end
### syntax error: unexpected tokens
echo a
)
echo b
### kill and wait
kill 99999999
wait 99999999
echo $?
kill %3
kill -NOSUCH 1
kill
kill abc
wait abc
### test's errors with the line
[ 1 -eq a ]
[ a b ]
[
[ a = b
test a b c
### printf's errors
printf '%d\n' abc
echo $?
printf
### files that programs do not find
cat nofile
ls nofile
rm nofile
mkdir /tmp
grep x nofile
head nofile
cp nofile x
sed p nofile
wc -l nofile
### arithmetic without its end
echo before
echo $((1 +
2
### arithmetic without its end, in a word
ip link set eth0 address a8:00:0$((h 1
