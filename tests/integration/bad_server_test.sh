#!/bin/sh
# Servers that misbehave, in each way that badserver.py knows: the right reason,
# or in spite of it the right archive; never a hang, never a wrong file.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
noise alice/raw/data/1 1
text alice/raw/small/1 "small"

"$SRC/tests/integration/badserver.py" --log "$T/log" \
    --to "http://127.0.0.2:1" "$PUB" >"$T/port" 2>"$T/server" &
server=$!
at_end "kill $server"
tries=100
until [ -s "$T/port" ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
port=$(cat "$T/port")

# What must come of each mode: exit status and reason.  The signature is what is
# asked for first, so most of them meet a file of some hundred bytes.  gzipte is
# refused by libcurl 8 itself, and by us where an older one is.
cat >"$T/modes" <<END
ok		0	installed
nolength	0	installed
chunked		0	installed
cut		0	installed
chunkedcut	0	installed
cutall		3	cut-off
close		3	cut-off
garbage		3	cut-off
stallhead	3	stalled
slow		0	installed
endless		4	not-one-signature
endlesslength	4	not-one-signature
wronglength	3	cut-off
shortlength	4	not-one-signature
change		0	installed
ignorerange	0	installed
wrong206	0	installed
wrong416	0	installed
always206	3	cut-off
redirect	3	private-address
redirectloop	3	redirect
credentials	3	redirect
fileredirect	3	redirect
headers		3	server-error
bigheader	3	cut-off
interim		3	server-error
gzipte		3	server-error|cut-off
404		3	not-found
403		3	forbidden
500		3	server-error
notmodified	3	server-error
500-then-ok	0	installed
busy		0	installed
END

# attempt MODE: in a depot of its own; what it said goes to $T/MODE.
attempt() {
	ROOT=$T/root-$1
	mkdir "$ROOT"
	know alice "http://127.0.0.1:$port/$1"
	path=alice/raw/data/1
	[ "$1" != slow ] || path=alice/raw/small/1
	status=0
	timeout 60 "$AIRLOCK" --root "$ROOT" --json install --stall 2 \
	    --retries 2 --max-size 2M $path >"$T/$1" 2>&1 || status=$?
	echo $status >"$T/$1.status"
}

# Most of the time they wait: eight at a time.
mkdir "$T/now"
while read -r mode _; do
	while [ "$(find "$T/now" -type f | wc -l)" -ge 8 ]; do
		sleep 0.1
	done
	: >"$T/now/$mode"
	{
		attempt "$mode"
		rm "$T/now/$mode"
	} &
done <"$T/modes"
while [ -n "$(ls "$T/now")" ]; do
	sleep 0.1
done

while read -r mode status reason; do
	like "$(cat "$T/$mode.status")" "^$status$" "$mode: exit status $status"
	cp "$T/$mode" "$T/out"
	like "$(results)" "^[^ ]* (installed|failed) ($reason)$" "$mode: $reason"
	ROOT=$T/root-$mode
	if [ "$status" = 0 ] && [ "$mode" != slow ]; then
		ok "$mode: the right archive" installed alice/raw/data/1
	elif [ "$status" != 0 ]; then
		ok "$mode: nothing installed" absent alice/raw/data/1
	fi
done <"$T/modes"

# Resumed by a server that changed the file but not its entity tag: the digest
# decides, nothing wrong is installed, and the next run begins anew.  Glued are
# first the signature, then the archive.
attempt glue
is "$(cat "$T/glue.status")" 4 "glue: the signature is no signature"
ok "glue: nothing installed" absent alice/raw/data/1
exits 4 "glue: the archive does not match" airlock --json install alice/raw/data/1
is "$(result alice/raw/data/1)" "failed bad-signature" "glue: the reason"
ok "glue: nothing installed" absent alice/raw/data/1
exits 0 "glue: the next run" airlock install alice/raw/data/1
ok "glue: the right archive at last" installed alice/raw/data/1

done_testing
