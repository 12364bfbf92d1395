### quotes keep blanks, and each other
echo 'a  b' "c  d" e\ \ f "it's" 'say "x"' "a\$b \"q\" \\ \a"
### an unquoted expansion is split, a quoted one is not
x="a  b   c"; echo $x; echo "$x"; set -- $x; echo $#; set -- "$x"; echo $#
### IFS with other characters
IFS=:; x=a:b::c; set -- $x; echo $#; printf '<%s>' $x; echo; IFS=' :'; x=' a : b '; printf '<%s>' $x; echo
### a command name from an expansion is split
cmd="echo one two"; $cmd three; $cmd "four  five"
### a command name from "$@"
run() { "$@"; }; run echo a "b  c"; run printf '%s\n' x y
### a function run through "$@" and through a variable
f() { echo "f got $# $1"; }; run() { "$@"; }; run f "a b"; g=f; $g x; "$g" y
### a command and its options from variables
ECHO=echo; OPTS="-n a"; $ECHO $OPTS; $ECHO b; E="printf %s\n"; $E c d
### an empty expansion as the command name disappears
empty=; $empty echo still here; "" 2>/dev/null; echo $?
### sudo as a variable that may be empty
SUDO=; $SUDO echo ok; ${SUDO} echo ok2
### eval with quotes, and what it splits
x='echo "a   b"'; eval $x; eval "$x"; y='$z'; z=5; eval echo $y
### eval of a name from an expansion
cmd="echo hi"; eval '$cmd there'; eval "\$cmd" again
### default, alternative, error and assigned values
unset u; e=; echo "${u:-d} ${u-d} ${e:-d} [${e-d}] ${e:+a}[${u:+a}] ${u:=set} $u"; (echo ${nope:?is missing}) ; echo $?
### lengths and substrings
s=hello; echo ${#s} ${s:1} ${s:1:3} ${s: -3} ${s:0:-1} ${#}; set -- a b c d; echo ${@:2} ${@:2:2} ${#@} ${*: -1}
### patterns removed
p=/a/b/c.tar.gz; echo ${p##*/} ${p%/*} ${p#*/} ${p%%.*} ${p%.*}; v=aXbXc; echo ${v#*X} ${v##*X} ${v%X*} ${v%%X*}
### patterns replaced
v=a.b.c; echo ${v/./-} ${v//./-} ${v/#a/X} ${v/%c/X} ${v//[ab]/<&>} ${v//./}; w="a b"; echo "${w/ /_}"
### case of letters
v=hello; echo ${v^} ${v^^} ${v^^[el]}; V=HELLO; echo ${V,} ${V,,}
### indirection and names
a=1; ab=2; n=ab; echo ${!n} ${!a*}; arr=(x y z); i=arr[1]; echo ${!i}
### arrays
a=(one "two  three" four); echo ${#a[@]} "${a[1]}" ${a[-1]} ${!a[@]}; a+=(five); a[7]=x; echo "${a[@]}" ${!a[*]}; unset 'a[1]'; echo ${#a[@]}
### array elements quoted stay apart
a=("x y" z ""); for e in "${a[@]}"; do echo "<$e>"; done; for e in "${a[*]}"; do echo "<$e>"; done; for e in ${a[@]}; do echo "<$e>"; done
### array slices and keys
a=(a b c d e); echo "${a[@]:1:2}" "${a[@]: -2}"; b=([3]=x [1]=y z); echo "${!b[@]}: ${b[@]}"
### associative arrays
declare -A m=([one]=1 [two words]=2); m[three]=3; k=one; echo ${m[$k]} "${m[two words]}" ${m["three"]} ${#m[@]}; for k in one three; do echo $k=${m[$k]}; done
### local arrays in functions, and declarations with arrays
f() { local -a l=(a "b c" $1); echo ${#l[@]} "${l[1]}" "${l[2]}"; local x=5 y; echo "$x[$y]"; }; f d; echo "${l[@]}${x}"
### brace expansion
echo a{b,c}d {1..5} {05..8} {a..e} {10..1..3} x{,y}z {a,b}{1,2} {single} "{a,b}" {1..3}{a,b}
### tilde
HOME=/home/me; echo ~ ~/x "~" a~ x=~; v=~/y; echo $v
### arithmetic
echo $((1+2*3)) $((7/2)) $((7%3)) $((2**10)) $((1<<4|3)) $((5>3?1:0)) $((-7/2)) $((~5)) $((!3)) $((0x1f)) $((010)) $((2#101)) $((16#ff))
### arithmetic with variables
x=5; y=x; echo $((x+1)) $(($x*2)) $((y+1)) $((x++)) $x $((++x)) $((x+=10)) $((undefined)) $(( x > 3 && x < 100 ))
### arithmetic of 64 bits
echo $((1<<62)) $((9223372036854775807+1)) $((0xffffffff)) $((192<<24|168<<16|1<<8|1))
### arithmetic on arrays
a=(1 2 3); i=1; echo $((a[0]+a[i])) $((a[i+1]*2)); ((a[0]=9)); echo ${a[0]}; let "z=3+4" w=z*2; echo $z $w
### arithmetic commands as conditions
((3>2)) && echo yes; ((0)) || echo no; x=0; while ((x<3)); do ((x++)); done; echo $x; ((x=0)); echo $?
### command substitution drops newlines at the end
x=$(printf 'a\nb\n\n\n'); echo "[$x]"; echo $(echo a; echo b); echo "`echo old` $(echo "q  q")"
### nested substitution and quotes
echo "$(echo "a  $(echo "b  c")")"; x=$(echo $(echo 1) $(echo 2)); echo $x
### the status of a substitution
x=$(exit 3); echo $?; x=$(true) y=$(false); echo $?; echo $(exit 5); echo $?; local_f() { local v=$(false); echo $?; }; local_f
### globs
touch b.txt a.txt c.log .hid; echo *.txt *; echo [ab].txt ?.log nope*; echo "*.txt" \*.txt; x='*.log'; echo $x "$x"; mkdir d; touch d/e.txt; echo */*.txt d/
### globs in assignments and case do not expand
touch q1 q2; v=q*; echo "$v"; echo $v; case q1 in q*) echo match;; esac
### nullglob and failglob
shopt -s nullglob; echo none* x; shopt -u nullglob; echo none*
### set -f
touch z1; set -f; echo z*; set +f; echo z*
### special parameters
set -- a b c; echo $# $* "$@" $1 $3 $4 ${10}; shift; echo $1 $#; set --; echo $#; f() { echo $# $1; }; f x y; echo $0
### "$@" with nothing, and with empty words
f() { echo $#; }; set --; f "$@"; f "$*"; set -- "" ""; f "$@"; f $@; f "a$@b"
### ANSI quoting
echo $'a\tb\nc' $'\x41\101\u00e9' $'it\'s'; x=$'a b'; set -- $'a b'; echo $#
### here-strings and here-documents
cat <<< "a  b"; x=1; cat <<E1; cat <<'E2'; cat <<-E3
x is $x $((x+1)) `echo s` \$x "q"
E1
x is $x
E2
	tabs go
		all
	E3
### a here-document in a pipe, in a loop and in a function
f() { cat <<E
in f $1
E
}; f a | tr a-z A-Z; for i in 1 2; do cat <<E
row $i
E
done; while read -r l; do echo "<$l>"; done <<E
one  two
 three
E
### printf
printf '%s-%d|%5s|%-5s|%05d|%x|%c\n' a 42 r l 7 255 xyz; printf '%s\n' a b c; printf '%d %s\n' 1 a 2 b; printf '%%\t%b\n' 'a\tb'; printf '%q ' 'a b' '$x' ''; echo; printf '%5.2f|%.3s|%+d\n' 3.14159 abcdef 5; printf -v v '%03d' 7; echo $v; printf 'no newline'; echo; printf '%s\n'
### echo and its options
echo -n a; echo b; echo -e 'a\tb\x41\0101'; echo -E 'a\tb'; echo -- x; echo -ne 'c\n'; echo -x
### comments and line continuations
echo a # comment
echo b \
  c#d '#e'
### several commands on a line, and empty lines
echo a;echo b; { echo c; }
(echo d)

echo e
### a word of quotes only
set -- '' "" a''b; echo $#; x=''; set -- $x ''; echo $#
### substitution within words
v=eth; n=0; echo ${v}$n ${v}0.${n}5 "$v$n" $v-$n pre${v}post $v[0]
### positional parameters above nine, and shift
set -- 1 2 3 4 5 6 7 8 9 ten eleven; echo $10 ${10} ${11}; shift 9; echo $1; shift 5; echo $? $1
### assignments before a command
x=1; x=2 eval 'echo $x'; echo $x; f() { echo f$x; }; x=3 f; echo $x; A=5 env | grep '^A='; A=1 B=2 sh -c 'echo $A$B'
### quoting with @Q
v="it's a b"; echo ${v@Q}; a=(x "y z"); echo ${a[@]@Q}; printf '%q\n' "$v"
### nullglob and a bracket that is alone
shopt -s nullglob; [ -n x ] && echo [ *nothing* end
### bash says which one it is, in every shell
echo ${BASH_VERSINFO[0]} "${BASH_VERSINFO[@]}" $BASH_VERSION; declare -p BASH_VERSINFO
bash -c 'echo $BASH_VERSION ${BASH_VERSINFO[1]} $BASH $HOSTTYPE $MACHTYPE $OSTYPE $UID $EUID; [ $PPID -gt 1 ] && echo parent'
sh -c 'echo "[$BASH_VERSION]"'
bash --version; echo $?
if ((BASH_VERSINFO[0] < 4)); then echo old; else echo new; fi
### IFS and PS4 do not come from the environment
export IFS=: PS4='> '; bash -c 'set -- a b; echo "$*"; set -x; :'
### arrays in declarations hold what any words hold
declare -a k=($(seq 3) "$(echo a b)" x\ y 'q )' "(" $'t\tz' `echo old`) # comment
declare -p k
f() {
  local a=($(echo 1 2)
    # within
    "three four") b=x c=("$@")
  if true; then local d+=($(echo "(5)")); fi
  declare -p a b c d
}
f p 'q r'
export e=(1) && readonly e2=("$(declare -a n=($(echo in)); echo "${n[@]}")") && declare e+=($((1+1)) ${k[0]})
declare -p e2; echo "${e[@]}"
### a subscript with blanks is one
declare -A m=([a b]=c); m+=([d e]="f g"); echo "${m[a b]}|${m[d e]}|${#m[@]}"
### associative arrays are listed in the order of bash's hash table
declare -A m=([one]=1 [two]=2 [three]=3 [pod1]=a [pod2]=b [10.0.0.1]=x [éa]=q)
m[zz]=9; m[one]=11; unset 'm[two]'; m[two]=22
echo "${!m[@]}"; echo "${m[@]}" "${m[@]:1:2}" "${m[@]:0:2}" "${m[@]: -2:1}" "${m[@]:3}"; declare -p m; echo "${m[@]/1/X}" "${m[@]@Q}"
for pod in "${!m[@]}"; do echo "$pod ${m[$pod]}"; done
declare -A many; for i in {1..300}; do many[k$i]=$i; done; echo "${!many[@]}"
### a redirection alone in $( ) is the file
printf 'one\ntwo\n\n' > f; a=$(< f); echo "[$a]"; echo $(<f) "`< f`"; x=$(<nosuch) || echo "status $?"; echo "[$(< f; true)]" "[$(0< f)]" "[$(< f < f)]" "[$(<<< here)]"
b=f; echo "$(< "$b")" "$(< $b | cat)"; set -- $(< f); echo $#; echo "$( (< f) )"; y=$(< f) z=$(< nosuch); echo $?
