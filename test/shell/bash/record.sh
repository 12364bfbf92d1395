#!/bin/bash
# Records what real bash does with the cases of each *.sh here (a sentence behind ###, then the script): *.expected
# holds the sentence, the output (standard error in it) and the exit status. Run it by hand: tests do not need bash.
cd "$(dirname "$0")" || exit
here=$PWD
record() {
  [ -n "$title" ] || return
  rm -rf /tmp/lab && mkdir /tmp/lab && cd /tmp/lab || exit
  mkdir /tmp/lab.script && printf '%s' "$text" >/tmp/lab.script/script.sh
  (cd /tmp/lab.script && true)
  printf '### %s\n' "$title"
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 LOGNAME=root USER=root SHELL=/bin/bash TERM=dumb \
    bash -c 'exec -a bash bash /dev/fd/3 3<"$0"' /tmp/lab.script/script.sh >/tmp/lab.out 2>&1 </dev/null
  status=$?
  sed 's|/dev/fd/3|script.sh|g' /tmp/lab.out
  printf '### exit %s\n' "$status"
  rm -rf /tmp/lab /tmp/lab.script /tmp/lab.out
  cd "$here" || exit
}
for topic in ${1:-words control errors expressions trace jobs}; do
  title='' text=''
  {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
      '### '*) record; title=${line#\#\#\# } text='' ;;
      *) text+=$line$'\n' ;;
      esac
    done <"$topic.sh"
    record
  } >"$topic.expected"
done
