#!/bin/sh
# The demo does what it says, and leaves nothing behind.
. "$SRC/tests/lib/tap.sh"

command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ||
    skip_all "nginx is not installed"

# left: processes whose command line names a directory of the demo's.
left() {
	for line in /proc/[0-9]*/cmdline; do
		tr '\0' ' ' <"$line" 2>/dev/null | grep -F "$T/tmp/" | grep -v grep
	done
}

mkdir "$T/tmp"
cd "$SRC" || exit 1
TMPDIR=$T/tmp
export TMPDIR
ok "make demo" tools/demo "$BUILD"
cp "$T/said" "$T/demo"
like "$(cat "$T/demo")" '^5 installed' "a package and what it depends on"
like "$(cat "$T/demo")" '^sha256 [0-9a-f]{64}$' "a receipt"
like "$(cat "$T/demo")" 'untrusted: its signature does not match' "a changed bit"
like "$(cat "$T/demo")" 'malformed: an entry.s path has' "a climbing archive"
is "$(ls -A "$T/tmp")" "" "no file is left"
is "$(left)" "" "no process is left"

done_testing
