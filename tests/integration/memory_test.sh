#!/bin/sh
# The manager's memory does not depend on the archive's size: it stays below 8 MB
# while an archive of a gigabyte is installed.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

limit=8192	# KiB
mebibytes=1024
# Served, in public/ and in the depot: three times.
free=$(df -Pk "$T" | awk 'NR == 2 { print $4 }')
[ "$free" -gt $((mebibytes * 1024 * 7 / 2)) ] ||
    skip_all "it takes $((mebibytes * 7 / 2)) MiB of free space in $T"
case $SRC in
*/as-user) skip_all "as the other user it is the same: enough of a gigabyte" ;;
esac

publisher alice
mkdir -p "$PUB/alice/raw/large"
"$SRC/tests/lib/stored_xz.py" 1 $mebibytes >"$PUB/alice/raw/large/1.tar.xz"
sign alice "$PUB/alice/raw/large/1.tar.xz"
web_start https
root_new alice

# high_water PID: the most memory that it ever held, KiB.
high_water() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null
}

install_start alice/raw/large/1
most=0 seen=0 manager=''
while kill -0 $run 2>/dev/null; do
	[ -n "$manager" ] || manager=$(process $run manager)
	now=$(high_water "${manager:-0}")
	if [ -n "$now" ]; then
		most=$now
		seen=$((seen + 1))
	fi
	sleep 0.1
done
install_wait
is $status 0 "an archive of a gigabyte is installed"
[ $status -eq 0 ] || diag "$(cat "$T/run")"
is "$(stat -c %s "$ROOT/depot/alice/raw/large/1/large")" \
    $((mebibytes << 20)) "its size"
ok "the manager was looked at while it worked" [ $seen -gt 5 ]
ok "the manager's memory: $most KiB of at most $limit" [ "$most" -lt $limit ]
ok "and more than nothing" [ "$most" -gt 100 ]

done_testing
