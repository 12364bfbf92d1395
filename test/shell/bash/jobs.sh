### a job runs beside the script
(sleep 0.2; echo job) & echo first; sleep 0.4; echo last
### wait waits for all
sleep 0.3 & (sleep 0.1; echo a) & wait; echo $?; echo done
### wait for one, and its status
(exit 7) & wait $!; echo $?; sleep 0.1 & p=$!; wait $p; echo $?; wait $p; echo $?
### wait -n
(sleep 0.2; exit 3) & (sleep 0.1; exit 4) & wait -n; echo $?; wait -n; echo $?; wait -n; echo $?
### kill a job
sleep 100 & kill $!; wait $!; echo $?; sleep 100 & kill -9 $!; wait $! 2>/dev/null; echo $?; sleep 100 & sleep 0.1; kill -INT $!; sleep 0.1; kill $!; wait $!; echo $?
### kill all jobs
sleep 100 & sleep 101 & sleep 0.1; kill $(jobs -p); wait; echo $?
### kill by job number
sleep 100 & sleep 101 & kill %1 %2; wait; echo $?; kill %9
### a killed job says so, unless it was TERM
sleep 100 &
kill -KILL $!
wait
echo after
### jobs
sleep 0.2 & sleep 0.3 | cat & jobs; wait; jobs
### functions and groups as jobs see a snapshot
x=1; f() { sleep 0.1; echo "f $x $1"; }; f a & x=2; { sleep 0.2; echo "g $x"; x=3; } & wait; echo $x
### jobs in a loop
for i in 3 1 2; do (sleep 0.$i; echo $i) & done; wait; echo all
### collected process ids
pids=; for i in 1 2 3; do sleep 0.$i & pids="$pids $!"; done; for p in $pids; do wait $p || echo bad; done; echo ok; a=(); sleep 1 & a+=($!); kill "${a[@]}"; wait; echo $?
### a job that reads has no input
cat & wait; echo $?
### output of a job goes where it is redirected
(echo x; echo y >&2) > f 2>&1 & wait; cat f; echo z >> f & wait $!; cat f
### a pipeline as a job
printf 'b\na\n' | sort & wait; echo $?; (exit 3) | (exit 4) & wait $!; echo $?
### and-or lists as jobs
true && echo yes & wait; false || echo no & wait; sleep 0.1 && echo slept & echo now; wait
### disown and nohup
sleep 0.1 & disown; wait; echo $?; nohup sleep 0.1 > /dev/null 2>&1 & wait $!; echo $?
### EXIT trap runs at the end, at exit and after an error
trap 'echo bye $?' EXIT; echo a; (exit 3)
### EXIT trap and exit status
trap 'echo cleaning; false' EXIT; exit 6
### EXIT trap that exits with another status
trap 'exit 9' EXIT; exit 6
### EXIT trap with set -e
cleanup() { echo "cleanup $?"; }; trap cleanup EXIT; set -e; false; echo never
### EXIT trap in a subshell is its own
trap 'echo outer' EXIT; (trap 'echo inner' EXIT; echo in); (echo none); echo end
### traps are reset and ignored
trap 'echo x' EXIT; trap - EXIT; trap '' INT; kill -INT $$; echo alive; trap 'echo term' TERM; kill $$; echo still; trap
### trap runs after the command that was interrupted
trap 'echo got' USR1; (sleep 0.1; kill -USR1 $$) & sleep 0.3; echo slept; wait
### wait is interrupted by a trapped signal
trap 'echo got' USR1; (sleep 0.1; kill -USR1 $$) & sleep 0.5 & wait $!; echo $?; wait; echo $?
### ERR trap
trap 'echo err $?' ERR; false; true; false || true; if false; then :; fi; (exit 3); f() { false; }; f; echo end
### the script kills itself
trap 'echo exit trap' EXIT; kill $$; echo never
### the script kills itself with KILL
(kill -9 $BASHPID); echo $?; bash -c 'kill -TERM $$'; echo $?; bash -c 'kill -INT $$; echo no'; echo $?
### a child that ignores and one that traps
bash -c 'trap "echo t; exit 5" TERM; sleep 0.2 & wait' & sleep 0.1; kill $!; wait $!; echo $?
### timeout
timeout 0.2 sleep 5; echo $?; timeout 5 true; echo $?; timeout 5 bash -c 'exit 4'; echo $?; timeout 0.2 bash -c 'while :; do sleep 0.05; done'; echo $?; timeout -s KILL 0.1 sleep 3; echo $?
### timeout's errors
timeout 1 nosuch; echo $?; timeout x true; echo $?; timeout; echo $?; timeout 1; echo $?
### a background loop that is killed
while :; do sleep 0.1; done & p=$!; sleep 0.25; kill $p; wait $p; echo $?
### $! and $$ are numbers
sleep 0 & [ $! -gt 0 ] && [ $$ -gt 0 ] && [ $! -ne $$ ] && echo ok; (echo $$ | grep -c .); x=$$; [ $(echo $$) = $x ] && echo same; [ "$BASHPID" = $$ ] && echo top; (  [ "$BASHPID" != $$ ] && echo sub )
### kill -0 asks whether a process is there
sleep 1 & kill -0 $! && echo there; kill $!; wait; kill -0 $! 2>/dev/null || echo gone
### a pipe ends when its writers do
(sleep 0.1; echo a; sleep 0.1; echo b) | while read l; do echo "got $l"; done; echo end
### head ends an endless writer
while :; do echo y; done | head -3; echo ${PIPESTATUS[@]}; yes() { while echo y; do :; done; }; yes | head -2
### jobs within substitutions
x=$(sleep 0.1 & echo a; wait; echo b); echo $x; y=$( (sleep 0.1; echo late) & echo early); echo $y
### pgrep and pkill by name
sleep 77 & sleep 0.1; pkill -f 'sleep 77' && echo killed; wait; pkill -f 'sleep 78' || echo none
### read with a timeout
(sleep 1; echo late) | { read -t 0.2 x; echo $? "$x"; }
### nested background shells
(sleep 0.1 & wait; echo inner) & wait; echo outer
### sleeping jobs end in order of time
sleep 0.3 && echo c & sleep 0.1 && echo a & sleep 0.2 && echo b & wait
### a function in the background is a shell: what it runs outlives it
f() { sleep 0.5; echo no; }; f & sleep 0.1; kill $!; wait $!; echo $?
g() { bash -c 'trap "echo told; exit 0" TERM; sleep 0.3; echo lives'; }; g & sleep 0.1; kill $!; wait $!; echo $?; sleep 0.5
### jobs are printed as bash writes them
touch in
sleep 0.3 >/dev/null & sleep 0.2 2>&1 >/dev/null </dev/null & sleep 0.25 2>/dev/null | cat >>f &
(sleep 0.2; echo 'a>b' >&2) 2>/dev/null & { sleep 0.1; echo "x $HOME"; } &>/dev/null &
sleep   0.4 3>&1 5>&-   >|out 2>>err <<<word & sleep 0.2 && true>out || false & ! sleep 0.2 | cat <in&
x=1 sleep 0.3 "0$x" 2>/dev/null & { sleep 0.1; } & ! sleep 0.2 &
jobs
wait
### a killed job as bash writes it
sleep 9 2>&1 >/dev/null &
kill -KILL $!
wait
