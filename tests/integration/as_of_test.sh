#!/bin/sh
# verify needs no network, no depot and no clock that it must believe: --as-of says
# which time counts.  And not one socket is asked for by any of its processes.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

# at TIME GPG-ARGUMENT...: as if it was that time.
at() {
	at_time=$1
	shift
	gpg --batch --quiet --yes --pinentry-mode loopback --passphrase '' \
	    --faked-system-time "$at_time" "$@" 2>/dev/null
}
key() {
	at "$2" --quick-generate-key "$1 <$1@example.org>" ed25519 sign "$3"
	at 20360101T000000 --armor --export "=$1 <$1@example.org>" >"$T/$1.asc"
}
sig() {
	sig_name=$1 sig_key=$2 sig_time=$3
	shift 3
	at "$sig_time" --digest-algo SHA256 \
	    --local-user "=$sig_key <$sig_key@example.org>" "$@" \
	    --output "$T/$sig_name.sig" --detach-sign "$T/file"
}
echo "something" >"$T/file"
key old 20200101T000000 2021-01-01	# expired long ago
key plain 20200101T000000 never
key new 20350101T000000 never		# from a future that this clock has not
sig old old 20200601T000000
sig plain plain 20200601T000000
sig short plain 20200601T000000 --default-sig-expire 2020-07-01
sig new new 20360601T000000
sig late plain 20360601T000000

# judged STATUS TEXT KEY SIGNATURE [OPTION...]
judged() {
	judged_status=$1 judged_text=$2 judged_key=$3 judged_sig=$4
	shift 4
	exits "$judged_status" "$judged_text" "$AIRLOCK" verify "$T/file" \
	    --signature "$T/$judged_sig.sig" --key "$T/$judged_key.asc" "$@"
}
judged 0 "by a key that has expired since" old old
judged 0 "the same, as of then" old old --as-of 2020-07-01
judged 4 "as of a time before the signature" old old --as-of 2020-05-01
like "$(cat "$T/err")" 'the signature is from the future' "says so"
judged 4 "an expired signature" plain short
judged 0 "as of a time before it expired" plain short --as-of 2020-06-15
judged 4 "as of its last second and one more" plain short \
    --as-of 2020-07-02T00:00:00Z
like "$(cat "$T/err")" 'had expired' "says so"
judged 4 "a signature from the future" plain late
judged 0 "as of a time after it" plain late --as-of 2037-01-01
judged 4 "a key from the future" new new
judged 0 "as of a time after it" new new --as-of @2145916800
judged 4 "and before it" new new --as-of 2036-01-01
for time in yesterday 2020-13-01 2020-02-30 2020-01-01T24:00:00Z @ @-1 @0 @1x \
    '2020-01-01 ' 20200101; do
	judged 1 "no time: '$time'" plain plain --as-of "$time"
done
if ! command -v sqv >/dev/null; then
	skip 3 "sqv is not installed"
else
	judged 0 "two engines" old old --quorum 2 --as-of 2020-07-01
	judged 4 "two engines, before it" plain plain --quorum 2 \
	    --as-of 2020-05-01
	# sqv takes expiry by the machine's clock, whatever it is told: it can
	# only refuse more.
	judged 4 "two engines, one of which goes by the clock" plain short \
	    --quorum 2 --as-of 2020-06-15
fi

# ---- no network at all, and nobody who asks for one ----

alone='unshare -n'
if [ "$(id -u)" -ne 0 ]; then
	alone='unshare -c -n'
fi
if ! command -v strace >/dev/null || ! $alone true 2>/dev/null; then
	skip 5 "strace is not installed, or no network namespace is to be had"
	done_testing
fi
# Every process, from the cli to gpg: calls that make a socket or reach another.
# Pairs of our own (AF_UNIX, SOCK_SEQPACKET) are all that there may be.
$alone strace -f -qq -o "$T/calls" -e trace=socket,socketpair,connect,bind,\
listen,accept,accept4,sendto,sendmmsg,execve,execveat \
    "$AIRLOCK" verify "$T/file" --signature "$T/plain.sig" \
    --key "$T/plain.asc" >"$T/out" 2>"$T/err"
is $? 0 "without any network it is good"
cat "$T/err" >>"$T/out"
diag "$(wc -l <"$T/calls") calls, by $(cut -d ' ' -f 1 "$T/calls" | sort -u |
    wc -l) processes, of which $(grep -cE 'exec.*= 0' "$T/calls") programs"
ok "gpg was among them" grep -q 'execve("/usr/bin/gpg' "$T/calls"
is "$(grep -cE ' (socket|connect|bind|listen|accept4?|sendto|sendmmsg)\(' \
    "$T/calls")" 0 "not one socket, connection or datagram"
ok "there are pairs of our own" grep -q 'socketpair(AF_UNIX, SOCK_SEQPACKET' \
    "$T/calls"
is "$(grep 'socketpair(' "$T/calls" | grep -vc 'AF_UNIX, SOCK_SEQPACKET')" 0 \
    "and no others"
done_testing
