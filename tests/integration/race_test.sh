#!/bin/sh
# Several processes at one depot: installs, removals, collections and readers, and
# some of them killed.  Whatever they do to each other, each tree is whole and has
# its receipt, and readers never see another thing.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
tls_new
chmod 755 "$T"
# shellcheck disable=SC2034	# for root_new
URL=file://$PUB
set --
for i in 1 2 3 4 5 6; do
	text "alice/raw/part/$i" "part $i" "of many"
	set -- "$@" "alice/raw/part/$i"
done
pkg alice/pkg/half/1 alice/raw/part/1 alice/raw/part/2 alice/raw/part/3
pkg alice/pkg/all/1 alice/pkg/half/1 "$@"
noise alice/raw/large/1 2
root_new alice

# again FILE STATUSES COMMAND...: until $T/stop is there; the statuses that are no
# failure are a pattern for `case`.
again() {
	again_log=$1 again_good=" $2 "
	shift 2
	while [ ! -e "$T/stop" ]; do
		again_status=0
		"$AIRLOCK" --root "$ROOT" "$@" >"$again_log.out" 2>&1 ||
		    again_status=$?
		case $again_good in
		*" $again_status "*)
			echo once >>"$again_log.done" ;;
		*)
			{
				echo "exit status $again_status: $*"
				cat "$again_log.out"
			} >>"$again_log.bad" ;;
		esac
	done
}

# reader: what list says, while they are at it.
reader() {
	while [ ! -e "$T/stop" ]; do
		"$AIRLOCK" --root "$ROOT" list >"$T/reader.out" 2>&1 &&
		    echo once >>"$T/reader.done"
		grep -v '^alice/[a-z]*/[a-z]*/[0-9]*\(  missing\)*$' \
		    "$T/reader.out" >>"$T/reader.bad"
		"$AIRLOCK" --root "$ROOT" --json status >/dev/null 2>&1 ||
		    echo "status: $?" >>"$T/reader.bad"
	done
}

# served: what is installed is in public/ as well, with its signature.
served() {
	airlock list | while read -r path; do
		[ -e "$ROOT/public/$path.tar.xz" ] &&
		[ -e "$ROOT/public/$path.tar.xz.sig" ] || return 1
	done
}

# whole: each tree as it was packed, with its receipt.
whole() {
	airlock list >"$T/list"
	! grep -E 'foreign|missing' "$T/list" || return 1
	while read -r path; do
		installed "$path" || return 1
	done <"$T/list"
}

# race SECONDS: all of them at once.
race() {
	rm -f "$T"/stop "$T"/*.bad "$T"/*.done
	# What is needed, or is gone already, cannot be removed.
	again "$T/one" 0 install --arch "$ARCH" alice/pkg/all/1 &
	racers=$!
	again "$T/two" 0 install --arch "$ARCH" alice/raw/large/1 \
	    alice/pkg/half/1 &
	racers="$racers $!"
	again "$T/three" "0 1 3" remove --cascade alice/raw/part/2 &
	racers="$racers $!"
	again "$T/four" "0 1 3" remove alice/pkg/all/1 alice/raw/large/1 &
	racers="$racers $!"
	again "$T/five" 0 gc &
	racers="$racers $!"
	reader &
	racers="$racers $!"
	at_end ": >$T/stop"
	sleep "$1"
	: >"$T/stop"
	for racer in $racers; do
		wait "$racer"
	done
}

race 6
is "$(cat "$T"/*.bad 2>/dev/null)" "" \
    "nobody fails for another's sake, or sees what is half done"
for log in one two three four five reader; do
	diag "$log: $(wc -l <"$T/$log.done") times"
done
ok "all had their turn" sh -c '[ "$(ls "$1"/*.done | wc -l)" = 6 ]' - "$T"
ok "what is there is whole" whole
ok "and served" served
exits 0 "gc" airlock gc
ok "nothing left over" nothing_left

# victims: kill one of the writers now and then.
victims() {
	while [ ! -e "$T/stop" ]; do
		sleep 0.1
		victim=$(cat "$ROOT/state/lock" 2>/dev/null)
		# Whoever wrote that pid may be gone: only a child of ours.
		[ -z "$victim" ] || ! processes $$ |
		    grep -q "^$((victim)) airlock" || {
			kill -KILL "$((victim))" 2>/dev/null &&
			    echo "$victim" >>"$T/killed"
		}
	done
}
: >"$T/killed"
rm -f "$T/stop"
victims &
victims=$!
(race 6)
: >"$T/stop"
wait $victims
# One that had just ended on its own may have been hit as well.
kills=$(cat "$T"/*.bad 2>/dev/null | grep -c '^exit status 137')
ok "some were killed: $kills of $(wc -l <"$T/killed")" [ "$kills" -gt 1 ]
is "$(grep -h '^exit status' "$T"/*.bad 2>/dev/null | grep -v 137)" "" \
    "and nobody else failed"
exits 0 "gc" airlock gc
ok "what is there is whole" whole
exits 0 "and it can all be had" install alice/pkg/all/1 alice/raw/large/1
ok "whole" whole
ok "nothing left over" nothing_left

done_testing
