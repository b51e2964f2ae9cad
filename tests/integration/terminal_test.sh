#!/bin/sh
# Nobody looks: the cli is stopped, its output is not read, Ctrl-Z on a terminal.
# The archives get into the depot meanwhile, and afterwards all is told.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
set --
for i in 1 2 3; do
	text alice/raw/n/$i "$i"
	set -- "$@" alice/raw/n/$i
done
# The first answer is held back, so that there is time to stop it before.
web_start https 'limit_rate 150;'

# all_there: each of the three, within a minute.
all_there() {
	tries=600
	until [ "$(find "$ROOT/depot/alice" -name content 2>/dev/null |
	    wc -l)" = 3 ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# is_state PID STATE: within ten seconds.
is_state() {
	tries=100
	until grep -q "^State:.$2" "/proc/$1/status"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# at_work PID: the cli among its family has a fetcher, has heard that there is no
# catalog, said all and waits.
at_work() {
	tries=400
	known=$(requests 'catalog\.xz ')
	until [ "$(requests 'catalog\.xz ')" -gt "$known" ] &&
	    sleep 0.3 && [ -n "$(process "$1" fetcher)" ] &&
	    is_state "$(process "$1" airlock)" S; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

root_new alice
install_start "$@"
ok "it is at work" at_work "$run"
ok "it is stopped" kill -STOP "$run"
ok "it stands still" is_state "$run" T
not "nothing was there before" test -e "$ROOT/depot/alice/raw/n/3"
ok "all is installed meanwhile" all_there
ok "it still stands" is_state "$run" T
kill -CONT "$run"
install_wait
is $status 0 "it ends well"
is "$(grep -c 'alice/raw/n/.*installed' "$T/run")" 3 "and has told all three"
ok "nothing left over" nothing_left

# A pipe without room: the reader begins when all is done.
root_new alice
mkfifo "$T/fifo"
exec 8<>"$T/fifo"
python3 -c 'import fcntl, os
size = fcntl.fcntl(8, 1031, 4096)	# F_SETPIPE_SZ
os.write(8, b" " * (size - 1) + b"\n")'
"$AIRLOCK" --root "$ROOT" --json install --ca "$CA" "$@" >"$T/fifo" 2>"$T/err" \
    8>&- &
run=$!
at_end "kill $run"
ok "--json, not read: all is installed" all_there
ok "it waits for its reader" kill -0 "$run"
exec 9<"$T/fifo" 8>&-
cat <&9 >"$T/read" &
reader=$!
install_wait
wait "$reader"
is $status 0 "it ends well"
sed 1d "$T/read" >"$T/out"
is "$(results | grep -c ' installed ')" 3 "all three results are read"

root_new alice
python3 "$SRC/tests/integration/terminal_stop.py" "$AIRLOCK" --root "$ROOT" \
    install --ca "$CA" "$@" >"$T/pty" 2>&1 &
pty=$!
at_end "kill $pty"
ok "on a terminal: it is at work" at_work "$pty"
cli=$(process "$pty" airlock)
kill -USR1 "$pty"
ok "Ctrl-Z stops it" is_state "$cli" T
ok "all is installed meanwhile" all_there
kill -USR1 "$pty"
wait "$pty"
is $? 0 "fg: it ends well"
ok "nothing left over" nothing_left

done_testing
