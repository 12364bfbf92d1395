### if, elif, else
for x in 1 2 3; do if [ $x -eq 1 ]; then echo one; elif [ $x = 2 ]; then echo two; else echo other; fi; done; if false; then :; fi; echo $?
### and, or, not
true && echo a; false && echo b; false || echo c; true || echo d; ! false && echo e; false || true && echo f; ! true; echo $?
### while, until, break, continue
i=0; while true; do i=$((i+1)); [ $i -eq 2 ] && continue; [ $i -gt 4 ] && break; echo $i; done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i
### break out of two loops
for a in 1 2; do for b in x y; do echo $a$b; [ $b = x ] && continue 2; done; done; for a in 1 2; do while :; do break 2; done; done; echo $a
### for without in, and over nothing
set -- p q; for x; do echo $x; done; for x in; do echo never; done; echo $?
### C-style for
for ((i=0, j=10; i<3; i++, j--)); do echo $i $j; done; for ((;;)); do break; done; echo done
### case with patterns
for v in apple banana 42 x.y ""; do case $v in a*|A*) echo A;; [0-9]*) echo digit;; *.*) echo dot;; "") echo empty;; *) echo rest;; esac; done
### case falls through
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo x;;& *) echo y;; esac
### functions: arguments, return, local, recursion
f() { local x=$1; [ $x -le 1 ] && { echo 1; return; }; echo $((x * $(f $((x-1))))); }; f 5; g() { return 3; }; g; echo $?; x=out; h() { local x=in; echo $x; }; h; echo $x
### dynamic scope
f() { local v=1; g; echo $v; }; g() { v=2; }; v=0; f; echo $v
### functions override programs, command does not
ls() { echo mine; }; ls; command echo -n; unset -f ls; touch f1; ls f1
### function redirections
f() { echo out; echo err >&2; } 2>/dev/null; f; g() { cat; }; echo in | g
### subshells keep their variables to themselves
x=1; (x=2; echo $x); echo $x; { x=3; }; echo $x; (cd /; pwd); pwd; (exit 4); echo $?
### a pipeline runs in subshells
x=1; echo a | x=2; echo $x; echo b | while read l; do x=$l; done; echo $x; echo c | { read y; echo got $y; }
### pipe status and pipefail
false | true; echo $?; true | false; echo $?; set -o pipefail; false | true; echo $?; set +o pipefail; (exit 2) | (exit 3) | true; echo ${PIPESTATUS[@]}
### negated pipelines
! echo a | grep -q b; echo $?; ! echo a | grep -q a; echo $?
### set -e ends the script
set -e; echo a; false; echo never
### set -e and conditions
set -e; if false; then :; fi; false || true; ! true; while false; do :; done; f() { false; echo in f; }; f || echo x; f && echo y; echo end; f; echo never
### set -e and a failing substitution, and pipelines
set -e; x=$(echo a; false; echo b) || echo "caught $x"; echo $(false) ok; y=$(false); echo never
### set -e in a subshell
set -e; (false; echo no) || echo caught; (echo a; false); echo never
### set -u
set -u; echo ${x:-d}; echo "$#"; echo "$x"; echo never
### set -u and positional parameters
set -u; f() { echo $1; }; f; echo never
### exit in functions, substitutions and subshells
f() { exit 5; }; (f); echo $?; x=$(f); echo $?; f | cat; echo $?; trap 'echo bye' EXIT; f; echo never
### exit status of the last command
true; false
### exit with a number too large, and without one
(exit 257); echo $?; (false; exit); echo $?; exit 300
### test expressions
[ a = a ] && [ a != b ] && [ -n x ] && [ -z "" ] && [ 3 -gt 2 ] && [ 2 -le 2 ] && echo ok; [ ! a = b ] && echo not; [ a = a -a b = b ] && echo and; [ a = b -o c = c ] && echo or; [ \( a = a \) ] && echo paren; [ "" ]; echo $?; [ x ]; echo $?
### test on files
touch f; mkdir d; ln -s f l; [ -f f ] && [ -d d ] && [ -e f ] && [ -L l ] && [ ! -s f ] && [ -r f ] && [ ! -x f ] && echo ok; echo a > f; [ -s f ] && echo size; test -d nope; echo $?; [ -x d ] && echo x
### test with errors
[ a -eq 1 ]; echo $?; [ 1 -eq; echo $?; [ a b c ]; echo $?; [ a = b c ]; echo $?; test 1 -lt x; echo $?; [ -z ]; echo $?
### the new test
[[ abc == a* ]] && echo glob; [[ "a*" == "a*" ]] && echo lit; x="a b"; [[ $x == "a b" ]] && echo quoted; [[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; [[ -z $nope && ( 1 -lt 2 || x == y ) ]] && echo and; [[ ! a == b ]] && echo not; [[ b > a ]] && echo gt; [[ 10 -gt 9 ]] && echo num; v=1; [[ v -eq 1 ]] && echo var
### regular expressions
ip=10.0.0.1; [[ $ip =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$ ]] && echo ${BASH_REMATCH[@]}; re='^[[:digit:]]+$'; [[ 123 =~ $re ]] && echo digits; [[ a.c =~ "." ]] && echo dot; [[ abc =~ "." ]] || echo nodot
### getopts
f() { local OPTIND o; while getopts ":ab:c" o; do case $o in a) echo a;; b) echo "b=$OPTARG";; c) echo c;; :) echo "need $OPTARG";; \?) echo "bad $OPTARG";; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b x -c y z; f -acb; f -q
### read
echo 'a b c d' | { read x y; echo "$x|$y"; }; printf 'l1\nl2\n' | while read -r l; do echo "<$l>"; done; echo 'a:b:c' | { IFS=: read p q; echo "$p $q"; }; read z < /dev/null; echo $?; echo 'x\ty' | { read v; echo "$v"; }; echo 'x\ty' | { read -r v; echo "$v"; }
### read into arrays, with a delimiter and a count
echo 'a b  c' | { read -ra arr; echo ${#arr[@]} ${arr[2]}; }; printf 'a,b,c' | { read -d , x; echo $x; read -d , y; echo $y; }; echo abcdef | { read -n 3 x; echo $x; }; printf 'no newline' | { read x; echo "$? $x"; }
### mapfile
printf 'a\nb c\nd\n' > f; mapfile -t m < f; echo ${#m[@]} "${m[1]}"; readarray r < f; printf '%s' "${r[@]}"
### loops that read files and here-strings
printf '1 a\n2 b\n' > f; while read n v; do echo "$v$n"; done < f; while read w; do echo $w; done <<< "x
y"; n=0; while read l; do n=$((n+1)); done < f; echo $n
### descriptors
exec 3> out; echo three >&3; exec 3>&-; cat out; exec 4< out; read l <&4; echo $l; exec 4<&-; { echo o; echo e >&2; } > both 2>&1; cat both; echo x 2>&1 >/dev/null | cat; ls nope 2>/dev/null; echo $?
### redirections in order
{ echo out; echo err >&2; } 2>&1 > f | cat; echo --; cat f; echo a > f; echo b >> f; cat < f; cat < nope; echo $?; echo c &> f; cat f; echo d &>> f; cat f
### noclobber
set -C; echo a > f; echo b > f; echo $?; echo c >| f; cat f
### exec with redirection of everything
exec > log 2>&1; echo hidden; nosuch; exec > /dev/stderr; cat log
### process substitution
cat <(echo a) <(echo b); diff <(echo x) <(echo x) && echo same; while read l; do echo "[$l]"; done < <(printf '1\n2\n'); echo t | tee >(cat > copy) > /dev/null; sleep 0.1; cat copy
### a variable set in a loop fed by process substitution stays
n=0; while read l; do n=$((n+l)); done < <(seq 3); echo $n
### source with arguments and return
echo 'echo "in $1 $#"; v=set; return 3; echo never' > lib.sh; . ./lib.sh a b; echo $? $v; set -- outer; source ./lib.sh; echo $1; . ./nofile.sh; echo $?
### functions from a sourced file that run "$@"
cat > lib.sh <<'E'
run() { echo "+ $*"; "$@"; }
helper() { echo "helper $1"; }
E
. ./lib.sh; run helper x; c="run helper"; $c y; run eval 'echo $((1+1))'
### a script as a program
cat > s.sh <<'E'
#!/bin/bash
echo "$0 $1 $#"; exit 4
E
bash s.sh a b; echo $?; sh s.sh; chmod +x s.sh; ./s.sh c; echo $?; x=unexported; export y=exported; echo 'echo "[$x][$y]"' > t.sh; bash t.sh
### bash -c with arguments
bash -c 'echo $0 $1 "$@"' name a "b c"; bash -c 'f() { "$@"; }; f echo in; exit 3'; echo $?; sh -c 'echo sh; cmd="echo split me"; $cmd'
### bash reads commands from standard input
echo 'echo from stdin; x=5; echo $x' | bash; bash <<'E'
run() { "$@"; }
run echo heredoc
E
### functions are not known to programs
f() { echo f; }; bash -c 'f'; echo $?; export x=1; bash -c 'echo $x'
### declare, export, readonly
declare -i n=3+4; echo $n; n+=1; echo $n; readonly r=5; r=6; echo "r $r"; export e=1; declare -p e n; declare -x d=2; unset n; declare -p n; a=(1 "2 3"); declare -p a
### readonly ends nothing but the line
readonly r=1
r=2; echo same line
echo next $r
### variables local to a function are unset after it
f() { local a=1; declare b=2; c=3; unset a; echo "${a-unset}"; }; f; echo "${b-unset} $c"
### unset
x=1; f() { :; }; unset x; echo "${x-gone}"; unset f; f; unset nope; echo $?; a=(1 2); unset a; echo ${#a[@]}
### type and command -v
f() { :; }; type -t f echo if cat; command -v f; command -v echo; command -v nosuch; echo $?; command -v if; type nosuch; hash ls; echo $?
### alias is not expanded in scripts
alias x='echo alias'; x; echo $?
### a long pipeline
seq 10 | grep -v 5 | sed 's/^/n/' | sort -r | head -3 | awk '{print NR": "$1}' | tr a-z A-Z
### tools on text
printf 'b 2\na 1\nc 3\n' | sort | cut -d' ' -f2 | tr '\n' + | xargs; echo 'a,b' | awk -F, '{print $2}'; echo hello | sed -n 's/l\+/L/p'; echo '{"a":[1,2]}' | grep -o '[0-9]' | wc -l; printf 'x\nx\ny\n' | uniq -c
### dates do not move by themselves
a=$(date +%s); b=$(date +%s); [ $a = $b ] && echo same; sleep 1; c=$(date +%s); echo $((c-a))
### SECONDS and sleep
SECONDS_START=$SECONDS; sleep 2; echo $((SECONDS-SECONDS_START))
### cd, pwd and OLDPWD
mkdir -p a/b; cd a/b; pwd; cd ..; pwd; cd - > /dev/null; pwd; cd; echo $?; cd /nonexistent; echo $?; pushd / > /dev/null; popd
### user and machine
id -u; whoami; echo $UID $EUID; [ $(id -u) -eq 0 ] && echo root; uname; [ "$EUID" -ne 0 ] || echo still root
### time as a keyword leaves the status
time true 2>/dev/null; (time false) 2>/dev/null; echo $?
### FUNCNAME, LINENO, BASH_SOURCE
f() { echo ${FUNCNAME[0]} $LINENO ${FUNCNAME[@]}; }
f
echo $LINENO ${BASH_SOURCE[0]}
### shift and while with options
set -- -a 1 --flag -b 2 rest; while [ $# -gt 0 ]; do case $1 in -a|-b) echo "$1=$2"; shift 2;; --*) echo $1; shift;; *) break;; esac; done; echo "$@"
### a function that logs and runs
log() { echo "[$(date +%Y | wc -c)] $*" >&2; }; die() { log "$@"; exit 1; }; log a; (die b); echo $?
### the condition's status in else and elif
if false; then :; else echo "else $?"; fi; if (exit 7); then :; elif (exit $?) then :; else echo "elif $?"; fi; if false; then :; fi; echo $?
### the failed command in an ERR trap, in EXIT the last one
trap 'echo "failed: $BASH_COMMAND"' ERR; false; ls /nosuch 2>/dev/null; trap 'echo "last: $BASH_COMMAND"' EXIT; f() { (exit 3); }; f x "y z"; echo "$BASH_COMMAND"
### do and done are words in a list
for x in dont do; do echo $x; done
for x in do done do; do echo $x; done
for x in a do
do echo $x
done
