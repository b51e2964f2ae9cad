#!/bin/sh
# The real fetcher, driven by a false manager (fetch_driver.c), against a good
# web server and one that misbehaves in every way that badserver.py knows.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

DRIVER=$BUILD/tests/hostile/fetch_driver
GOT=$T/got
mkdir "$GOT" "$PUB/files"
seq 1 2000 >"$PUB/files/small"		# 8893 bytes
head -c 3000000 /dev/urandom >"$PUB/files/large"
: >"$PUB/files/empty"
n=0
while [ $n -lt 60 ]; do
	head -c $((n * 1500 + 1)) "$PUB/files/large" >"$PUB/files/n$n"
	n=$((n + 1))
done

# drive OPTION... SCHEME HOST PORT TARGET...: what happens goes to $T/events.
drive() {
	rm -f "$GOT"/[0-9]*
	drive_on "$@"
}
drive_on() {
	timeout 60 "$DRIVER" -D "$GOT" "$@" >"$T/events" 2>&1
}

# same FILE N: transfer N brought that file of $PUB.
same() {
	cmp "$PUB/$1" "$GOT/$2"
}

# events PATTERN: how many lines of the last run match.
events() {
	grep -cE -- "$1" "$T/events" || :
}

# ends TEXT OUTCOME STATUS: so did the last run's only transfer end, and the
# worker ended in peace.
ends() {
	is "$(sed -n 's/^\(end 0 .*\) size=.*/\1/p; /^worker/p' "$T/events")" \
	    "end 0 $2 status=$3
worker 0" "$1"
}

# ---- a good server ----

all=$(n=0; while [ $n -lt 60 ]; do echo "/files/n$n"; n=$((n + 1)); done)
all_same() {
	n=0
	while [ $n -lt 60 ]; do
		same "files/n$n" $n || return 1
		n=$((n + 1))
	done
}
tls_new

# good NAME CONNECTIONS: all of them, over at most so many connections.
good() {
	web_scheme=${URL%%:*}
	# shellcheck disable=SC2086	# many targets
	drive -c "$CA" -n 4 -r 0 "$web_scheme" localhost "${URL##*:}" $all
	is "$(events '^end [0-9]+ done status=200')" 60 "$1: 60 transfers"
	ok "$1: each file is what it was" all_same
	ok "$1: $2 connections" \
	    [ "$(sed -n 's/^connections //p' "$T/events")" -le "$2" ]
	is "$(requests .)" 60 "$1: nothing was asked for twice"
}
web_start http
good http 4
web_start https
good https 4
web_start http2
good http2 1
web_start https 'keepalive_requests 7;'
good 'https, seven requests a connection' 20
port=${URL##*:}

drive https localhost "$port" /files/small
ends "no authority at all" certificate 0
drive -c "$T/tls/other.pem" https localhost "$port" /files/small
ends "a certificate of another authority" certificate 0
drive -R -c "$CA" https example.org "$port" /files/small
ends "a certificate for another name" certificate 0
drive -c "$CA" -r 1 http localhost "$port" /files/small
like "$(cat "$T/events")" '^end 0 (server status=400|network)' \
    "plain words to a TLS server"
web_start http
port=${URL##*:}
drive -c "$CA" -r 1 https localhost "$port" /files/small
ends "TLS to a server that has none" tls 0

drive http localhost "$port" /files/empty /files/none
is "$(events '^end 0 done status=200 size=0$')" 1 "an empty file"
is "$(events '^end 1 not-found status=404')" 1 "none at all"
drive -x 2 http localhost "$port" /files/small
ends "the first two connections are refused" 'done' 200
drive -X 0 -r 1 http localhost "$port" /files/small
ends "all connections are refused" refused 0
is "$(sed -n 's/^connections //p' "$T/events")" 2 "asked for twice"
for why in address no-name timeout redirect; do
	drive -X 0 -r 0 -w $why http localhost "$port" /files/small
	ends "the dialer's reason is passed on: $why" $why 0
done
# shellcheck disable=SC2086
drive -X 1 http localhost "$port" $all
is "$(events '^end [0-9]+ done')" 60 "all but one are refused: one does it"

# ---- a dialer that lies ----

for lie in garbage asks unknown unasked shorter longer largest no-outcome \
    no-reason foreign too-good no-socket refused-socket file local datagrams \
    listening two; do
	drive -r 0 -l $lie http localhost "$port" /files/small
	is "$(grep '^[ew]' "$T/events")" "worker 1" "$lie: it ends at once"
done
drive -r 1 -l unconnected http localhost "$port" /files/small
ends "a socket that leads nowhere: the next one does" 'done' 200
for lie in silent hang-up; do
	drive -r 0 -l $lie http localhost "$port" /files/small
	like "$(cat "$T/events")" '^worker 0' "$lie: the manager is waited for"
	ok "$lie: waiting takes no time" \
	    [ "$(sed -n 's/^waits cpu=//p' "$T/events")" -lt 700 ]
done

# ---- names and targets that are none: a redirect brought us here ----

for host in '' 'a b' 'user@localhost' 'UPPER' '127.1' "$(printf 'a\nb')"; do
	drive http "$host" "$port" /files/small
	ends "no host: $host" redirect 0
done
for target in 'x' '/x y' '/x#y' "$(printf '/x\r\nHost: y')" ''; do
	drive http localhost "$port" "$target"
	ends "no target: $target" redirect 0
	is "$(sed -n 's/^connections //p' "$T/events")" 0 "and nobody is asked"
done

web_start http 'keepalive_timeout 1;'
port=${URL##*:}
drive -j 1 -a 1500 -r 0 http localhost "$port" /files/small /files/n1
is "$(events '^end [01] done')" 2 "an idle connection that ended costs no retry"

drive -a 2 http localhost "$port" /files/large /files/small
ok "a manager that takes its time" same files/large 0
drive -S 1 http localhost "$port" /files/large /files/small
is "$(events '^end 0 stopped|^end 1 done')" 2 "a manager that wants no more"
drive -m 8893 http localhost "$port" /files/small
ends "exactly as large as allowed" 'done' 200
drive -m 8892 http localhost "$port" /files/small
ends "one byte more than allowed" stopped 200
like "$(cat "$T/events")" 'size=8893$' "one byte more than allowed: delivered"
drive -m 100000 http localhost "$port" /files/large
ends "much more than allowed" stopped 200
ok "no more than a piece beyond it" \
    [ "$(wc -c <"$GOT/0")" -le 120000 ]

# ---- resumption ----

validator() {
	drive http localhost "$port" "/files/$1"
	sed -n 's/^head 0 .*validator=//p' "$T/events"
}
tag=$(validator large)
like "$tag" '^"[0-9a-f-]+"$' "the entity tag is told"
resume() {
	head -c "$1" "$PUB/files/large" >"$GOT/0"
	drive_on -o "$1" -v "$2" http localhost "$port" /files/large
}
resume 1000000 "$tag"
ends "resumed" 'done' 206
is "$(events '^head 0 restart=0 total=3000000')" 1 "resumed: no restart"
ok "resumed: the whole" same files/large 0
resume 1000000 '"another"'
ends "resumed what has changed" 'done' 200
is "$(events '^head 0 restart=1 total=3000000')" 1 "from the beginning"
ok "the new one" same files/large 0
resume 1000000 ''
is "$(events '^head 0 restart=1')" 1 "without a validator: from the beginning"
resume 3000000 "$tag"
ends "resumed when all was there" 'done' 416
resume 3000001 "$tag"
ends "more than there is" 'done' 200
ok "more than there is: the whole" same files/large 0

# ---- a server that misbehaves ----

command -v python3 >/dev/null || skip_all "python3 is not installed"
bad_start() {
	: >"$T/bad.port"
	python3 "$SRC/tests/integration/badserver.py" --log "$T/bad.log" \
	    --to 'HTTP://Other.Example:8080/base' "$@" "$PUB/files" \
	    >"$T/bad.port" 2>"$T/bad.err" &
	at_end "kill $!"
	while [ ! -s "$T/bad.port" ]; do sleep 0.05; done
	BAD=$(cat "$T/bad.port")
}
bad_start

# bad MODE OUTCOME STATUS [OPTION...]
bad() {
	bad_mode=$1 bad_outcome=$2 bad_status=$3
	shift 3
	drive -s 10000 -r 2 "$@" http localhost "$BAD" "/$bad_mode/small"
	ends "$bad_mode" "$bad_outcome" "$bad_status"
}
# recovers MODE STATUS RESTARTS [OPTION...]: in the end the file is right.
recovers() {
	recovers_mode=$1 recovers_status=$2 recovers_restarts=$3
	shift 3
	bad "$recovers_mode" 'done' "$recovers_status" "$@"
	ok "$recovers_mode: the file is right" same files/small 0
	is "$(events '^head 0 restart=1')" "$recovers_restarts" \
	    "$recovers_mode: $recovers_restarts restarts"
}
recovers ok 200 0
recovers nolength 200 0
recovers chunked 200 0
recovers cut 206 0
recovers chunkedcut 200 1
recovers stall 206 0 -s 1000
recovers change 200 1
recovers ignorerange 200 1
recovers wrong206 200 1
recovers wrong416 200 1
recovers parts 206 0
recovers 500-then-ok 200 0
recovers busy 200 0
bad glue 'done' 206
not "glue: only a digest finds it" same files/small 0
bad shortlength 'done' 200
not "shortlength: only a digest finds it" same files/small 0

bad wronglength network 200
bad cutall network 200
bad close network 0
bad garbage network 0
bad stallhead stalled 0 -s 500
bad always206 network 206
# What is to be undone first is refused: by libcurl 8 itself, else by us.
drive -r 0 http localhost "$BAD" /gzipte/small
like "$(cat "$T/events")" '^end 0 (server status=200|network status=0) size=0' \
    "gzipte"
bad 404 not-found 404
bad 403 forbidden 403
bad 500 server 500
bad notmodified server 304
bad headers server 0
bad bigheader network 0
bad longheaders server 0
bad manyheaders server 0
bad interim server 0
bad endless stopped 200 -m 1000000
bad endlesslength stopped 200 -m 1000000
bad redirect redirect 302
like "$(cat "$T/events")" ' to=2 other.example 8080 /base/small$' \
    "redirect: where to"
bad redirectloop redirect 302
is "$(grep -c 'GET /redirectloop' "$T/bad.log")" 1 "redirectloop: not followed"
for mode in credentials fileredirect; do
	bad $mode redirect 302
	like "$(cat "$T/events")" ' to=0  0 $' "$mode: to nowhere"
done

# Slow, but never silent for as long as a stall takes.
head -c 1500 "$PUB/files/small" >"$PUB/files/tiny"
drive -s 2500 -r 0 http localhost "$BAD" /slow/tiny
ends "slow" 'done' 200
ok "slow: the file is right" same files/tiny 0

drive -S 1 http localhost "$BAD" /slow/tiny
ends "slow: what came is delivered after a second" stopped 200

# One that stalls does not hold up the others.
drive -s 4000 -r 0 -n 2 http localhost "$BAD" /stallhead/small /ok/small \
    /ok/n1 /ok/n2
is "$(events '^end [123] done')" 3 "one stalls, three do not"
like "$(tail -n 4 "$T/events" | head -n 1)" '^end' "all end"

bad_start --tls "$T/tls/server.pem" "$T/tls/server.key"
drive -c "$CA" -r 2 https localhost "$BAD" /cut/small
ends "cut, TLS" 'done' 206
ok "cut, TLS: the file is right" same files/small 0
drive -c "$CA" -s 700 -r 1 https localhost "$BAD" /stallhead/small
ends "silent, TLS" stalled 0

# All that HTTP/2 has in one connection: when that is dead, another is asked for.
web_start http2 'limit_rate 1500k;'
master=$(cat "$T/web/pid")
worker=$(processes "$master" | sed -n "/^$master /!s/ .*//p")
(
	sleep 0.7
	kill -STOP "$worker"
	sleep 3
	kill -CONT "$worker"
) &
stopper=$!
drive -c "$CA" -s 1000 -r 5 https localhost "${URL##*:}" /files/large
wait $stopper
ends "a server that is stopped for a while" 'done' 206
ok "a server that is stopped for a while: the file is right" same files/large 0
ok "a server that is stopped for a while: by another connection" \
    [ "$(sed -n 's/^connections //p' "$T/events")" -ge 2 ]

# ---- with the launcher's outer stage ----

drive -L -c "$CA" -r 1 https localhost "$BAD" /cut/small
ends "launched" 'done' 206
drive -L -c "$CA" -s 700 -r 1 https localhost "$BAD" /stallhead/small
ends "launched, silent" stalled 0

done_testing
