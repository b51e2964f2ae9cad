#!/bin/sh
# False readers against the real cli: a lie is seen as one, and what may be said
# is shown as text only.  The lies are in tests/hostile/false_reader.c.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

LIAR=$BUILD/tests/hostile/false_reader
[ -x "$LIAR" ] || skip_all "tests/hostile/false_reader was not built"

mkdir -p "$T/base/libexec" "$T/root/depot/alice/index" "$T/root/state"
cp -r "$BUILD/bin" "$T/base/bin"
cp -r "$BUILD/libexec/airlock" "$T/base/libexec/airlock"
cp "$LIAR" "$T/base/libexec/airlock/reader"
airlock=$T/base/bin/airlock

# lies STATUS TEXT LIE...: each ends with that status and says that, soon.
lies() {
	status=$1 text=$2
	shift 2
	for lie; do
		printf %s "$lie" >"$T/root/depot/alice/index/1"
		got=0
		timeout 60 "$airlock" --root "$T/root" index >"$T/out" \
		    2>"$T/err" || got=$?
		is $got "$status" "$lie: exit status"
		like "$(cat "$T/err")" "$text" "$lie: what is said"
		not "$lie: no control character" grep -q \
		    "$(printf '[\001-\010\013-\037\177]')" "$T/out" "$T/err"
	done
}

lies 0 '^$' honest
is "$(cat "$T/out")" "$(printf '%s\n' alice/index/1 \
    '  alice/pkg/x/1  a text')" "an honest one is believed"
lies 0 '^$' escape
is "$(wc -l <"$T/out")" 2 "a line's end in a text ends no line"
lies 7 'broke its protocol' outside long-path long-text no-kind kind how \
    depth group-path none seven huge many why-none why why-huge serial ready-twice \
    number short unready
is "$(cat "$T/out")" "" "nothing of them is shown"
lies 7 'ended unexpectedly' end
lies 7 'forbidden system call' death
lies 5 'processor time' cpu
lies 5 'does not answer' no-answer
lies 1 'alice/index/1: ' error
lies 5 'alice/index/1:4294967295: neither' line

# The same for an armored signature, and whatever it says is judged.
publisher alice
echo data >"$T/data"
sig_lies() {
	status=$1 text=$2
	shift 2
	for lie; do
		printf %s "$lie" >"$T/data.asc"
		got=0
		timeout 60 "$airlock" verify "$T/data" --key "$KEYS/alice.asc" \
		    >"$T/out" 2>"$T/err" || got=$?
		is $got "$status" "$lie: exit status"
		like "$(cat "$T/err")" "$text" "$lie: what is said"
	done
}
sig_lies 4 'not one binary detached signature' sig-nothing sig-junk
sig_lies 7 'broke its protocol' sig-none sig-large sig-many
sig_lies 1 'signature: ' sig-error

done_testing
