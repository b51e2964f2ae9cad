#!/bin/sh
# A whole install under strace: no process makes a call that its policy does not
# list, from before its program starts to its end.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

command -v strace >/dev/null || skip_all "strace is not installed"
mkdir "$T/try"
strace -f -ff --decode-pids=pidns -o "$T/try/c" true 2>"$T/err" ||
    skip_all "strace cannot trace here: $(head -n 1 "$T/err")"
case $(uname -m) in
x86_64) arch=x86-64 ;;
*)	arch=$(uname -m) ;;
esac

publisher alice
text alice/raw/data/1 "data"
noise alice/raw/noise/1 1
pkg alice/pkg/all/1 alice/raw/data/1 alice/raw/noise/1
web_start https
root_new alice

mkdir "$T/traces"
exits 0 "an install under strace" strace -f -ff --decode-pids=pidns -s 64 \
    -o "$T/traces/c" "$AIRLOCK" --root "$ROOT" install --ca "$CA" \
    alice/pkg/all/1
ok "installed" installed alice/raw/noise/1
ok "each call is in a policy" "$SRC/tests/integration/strace_calls.py" \
    "$T/traces" "$SRC/tests/golden" "$arch"
diag "stage, processes, calls:"
seen=$(cat "$T/said")
diag "$seen"
for stage in launcher manager outer-dialer dialer outer-fetcher \
    fetcher outer-verifier verifier-template verifier-child \
    outer-extractor extractor-template extractor-child; do
	like "$seen" "^$stage [1-9]" "$stage was seen"
done

# With one row less it is not: else nothing would have been compared.
for row in extractor-child:mkdirat verifier-child:execve manager:renameat2 \
    outer-fetcher:execveat; do
	rm -rf "$T/tables"
	mkdir "$T/tables"
	cp "$SRC"/tests/golden/*."$arch" "$T/tables"
	sed -i "/^${row#*:} /d" "$T/tables/${row%:*}.$arch"
	not "without $row it is noticed" \
	    "$SRC/tests/integration/strace_calls.py" "$T/traces" \
	    "$T/tables" "$arch"
	like "$(cat "$T/said")" "^not listed: ${row%:*}: ${row#*:}," "and named"
done

done_testing
