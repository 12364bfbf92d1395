#!/bin/bash
# a bag of bash idioms around ip
shopt -s nullglob extglob
set -o pipefail
PROG=${0##*/}; echo "$PROG ${PROG%.sh}"
usage() { cat <<-USAGE
	usage: $PROG [-n count] [-v] name
	  -n  how many
	USAGE
}
usage
COUNT=2 VERBOSE=
set -- -n 3 -v lab
while getopts ':n:vh' opt; do
  case $opt in
    n) COUNT=$OPTARG ;;
    v) VERBOSE=1 ;;
    *) usage; exit 1 ;;
  esac
done
shift $((OPTIND - 1))
NAME=${1:?name missing}
echo "$COUNT $VERBOSE $NAME ${2:-default}"
declare -A mac
names=()
for i in $(seq -w 1 $COUNT); do names+=("$NAME$i"); done
echo "${names[@]}" "${#names[@]}" "${names[-1]}" "${!names[*]}"
for n in "${names[@]}"; do
  ip netns add "$n" && ip -n "$n" link set lo up
  ip link add "v$n" type veth peer name e0 netns "$n"
  printf -v hw '02:%02x:%02x:00:00:%02x' 10 20 "${n: -1}"
  ip -n "$n" link set e0 address $hw
  mac[$n]=$hw
done
for k in $(printf '%s\n' "${!mac[@]}" | sort); do printf '%-8s|%s|\n' "$k" "${mac[$k]}"; done
ip -br link | awk '/^v'$NAME'/ {c++} END {print c+0}'
i=0
until (( i >= 3 )); do ((i += 1)); [[ $i == 2 ]] && continue; echo "until $i"; done
ip2int() { local IFS=.; set -- $1; echo $(( ($1<<24) + ($2<<16) + ($3<<8) + $4 )); }
int2ip() { echo "$(( $1>>24 & 255 )).$(( $1>>16 & 255 )).$(( $1>>8 & 255 )).$(( $1 & 255 ))"; }
base=$(ip2int 10.20.0.0)
for idx in "${!names[@]}"; do
  a=$(int2ip $((base + idx + 1)))
  ip -n "${names[idx]}" addr add "$a/24" dev e0
  ip -n "${names[$idx]}" -4 -br addr show e0
done
wait_for() { local t=$1; shift; until "$@" &>/dev/null; do ((t-- > 0)) || return 1; sleep 0.1; done; }
wait_for 3 ip -n lab1 link show nosuch || echo "timed out"
wait_for 3 ip -n lab1 link show e0 && echo found
if [[ $(ip -n lab1 -o link | wc -l) -gt 1 && -n $VERBOSE ]]; then echo "more than one"; fi
[[ $(ip -n lab1 addr show e0) =~ inet\ ([0-9.]+)/([0-9]+) ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
case $(uname -s) in Linux) echo linux;; *) echo other;; esac
out=$(ip -n lab1 link show nosuch 2>&1) || echo "failed: $out"
mapfile -t lines < <(ip -n lab1 -o addr)
echo "${#lines[@]}: ${lines[0]%%forever*}"
{ echo one; echo two >&2; } 2>&1 | tee /dev/stderr 2>/dev/null | sort -r
select_if() { ip -o link show | awk -F': ' -v pat="$1" '$2 ~ pat {sub(/@.*/, "", $2); print $2}'; }
select_if '^vlab' | xargs -I{} ip link set {} up
select_if '^vlab' | while read -r dev; do echo "$dev $(ip -j link show $dev | jq -r '.[0].flags | join(",")')"; done
for f in /proc/sys/net/ipv4/conf/v*/forwarding; do echo "${f%/*}" | awk -F/ '{print $NF}'; done
echo "lab1 lab2" | tr ' ' '\n' | xargs -I% ip -n % -br link show e0
eval "ip -n lab1 link show e0 | head -1 | cut -d' ' -f2"
trap 'echo "line $LINENO failed: $BASH_COMMAND"' ERR
ip -n lab1 route add 10.0.0.0/8 via 99.99.99.99
false || true
trap - ERR
( cd /tmp && pwd; exit 4 ); echo "subshell $?"
time_it() { local s=$SECONDS; "$@"; echo "took $((SECONDS - s >= 1 ? 1 : 0))"; }
time_it sleep 1
x=5; ((x++)); let x*=2; echo "x=$x $((x % 5)) $((x ** 2)) $(( x > 3 ? 1 : 0 ))"
echo {a,b}{1..3} ${NAME^} ${NAME/a/A} ${NAME:1:1} ${#NAME}
echo "$(( 0xff )) $(printf '%d.%d' 0x0a 0x14) $(printf '%s,' "${names[@]}" | sed 's/,$//')"
cat > topo.txt <<'EOT'
# a b subnet
lab1 lab2 10.77.1
lab2 lab3 10.77.2
EOT
while read -r a b net; do
  [[ $a == \#* || -z $a ]] && continue
  ip link add "$a-$b" netns $a type veth peer name "$b-$a" netns $b
  ip -n $a addr add $net.1/30 dev $a-$b; ip -n $b addr add $net.2/30 dev $b-$a
  ip -n $a link set $a-$b up; ip -n $b link set $b-$a up
done < topo.txt
sleep 2
ip -n lab2 -br -4 addr | column -t
ip netns exec lab1 ping -c1 10.77.1.2 | grep -oE '[0-9]+% packet loss'
ip netns exec lab1 ping -c1 10.77.1.2 | awk -F'[ =]' '/icmp_seq/ {print $6, $8}'
ip netns exec lab1 ping -qc2 -i.2 10.77.1.2 | sed -n 's/.* \([0-9]*\) received.*/\1/p'
comm -12 <(ip -n lab1 -o link | awk -F': ' '{print $2}' | sort) <(ip -n lab2 -o link | awk -F': ' '{print $2}'| sort)
diff <(ip -n lab1 route) <(ip -n lab2 route)
exec 3>log.txt; echo "to fd 3" >&3; exec 3>&-; cat log.txt
printf '%s\n' "$(date +%Y)" | grep -cE '^[0-9]{4}$'
command -v ip; type -t usage; type -P nosuch || echo none
hash ip 2>/dev/null && echo hashed
[ -n "${FOO+x}" ] || echo "FOO unset"; : "${FOO:=bar}"; echo $FOO
for ns in "${names[@]}"; do ip netns del $ns; done; ip netns | wc -l
