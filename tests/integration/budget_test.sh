#!/bin/sh
# What needs more than its budget is told to be exhausted, with the option that
# raises it, and not to be an attack; raised, it works.  Where control groups are
# delegated to this test, all workers' budget together is tried as well.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
text alice/raw/data/1 "data"

# A dictionary of 64 MiB (28, coded), all of which is filled.
mkdir -p "$PUB/alice/raw/dictionary" "$PUB/alice/raw/slow"
"$SRC/tests/lib/stored_xz.py" 1 70 28 >"$PUB/alice/raw/dictionary/1.tar.xz"
sign alice "$PUB/alice/raw/dictionary/1.tar.xz"

# A second or more to unpack, whatever the machine, and none to make: the same
# text again and again, each in an xz stream of its own.
slow=$T/slow
mkdir "$slow" "$slow/1"
head -c 1536k /dev/urandom | base64 -w 0 >"$slow/text"
for _ in $(seq 80); do
	cat "$slow/text"
done >"$slow/1/text"
tar -C "$slow" --format=ustar -cf "$slow/tar" 1
size=$((80 * 2 * 1024 * 1024))
head -c 1024 "$slow/tar" | xz -0 >"$slow/begin"
xz -0 <"$slow/text" >"$slow/middle"
tail -c +$((size + 1025)) "$slow/tar" | xz -0 >"$slow/end"
(cat "$slow/begin"
for _ in $(seq 80); do
	cat "$slow/middle"
done
cat "$slow/end") >"$PUB/alice/raw/slow/1.tar.xz"
rm "$slow/tar"
sign alice "$PUB/alice/raw/slow/1.tar.xz"
web_start https

# exhausts PATH REASON OPTION...: the install fails for that reason alone.
exhausts() {
	budget_path=$1 budget_reason=$2
	shift 2
	root_new alice
	exits 5 "$*: too little for $budget_path" install --json "$@" \
	    "$budget_path"
	is "$(result "$budget_path")" "failed $budget_reason" "$*: the reason"
	like "$(cat "$T/out")" "\"state\":\"exhausted\".*${1%%=*}" \
	    "$*: the message names the option"
	ok "$*: not installed" absent "$budget_path"
	ok "$*: nothing left over" nothing_left
}

# suffices PATH OPTION...
suffices() {
	budget_path=$1
	shift
	root_new alice
	exits 0 "$*: enough for $budget_path" install "$@" "$budget_path"
	ok "$*: installed" [ -d "$ROOT/depot/$budget_path" ]
}

exhausts alice/raw/dictionary/1 memory --max-memory=400M
suffices alice/raw/dictionary/1 --max-memory=2G
exhausts alice/raw/slow/1 cpu-time --max-cpu=1
suffices alice/raw/slow/1 --max-cpu=100
root_new alice
echo 'max-memory 400M' >"$ROOT/etc/settings"
exits 5 "a budget as a setting" install alice/raw/dictionary/1
exits 0 "of which an option has the last word" install --max-memory 2G \
    alice/raw/dictionary/1

# ---- what was used ----

root_new alice
exits 0 "--stats" install --stats --json alice/raw/dictionary/1
used=$(cat "$T/out")
for process in dialer fetcher verifier extractor; do
	like "$used" "\"event\":\"usage\",\"process\":\"$process\",\"processes\":1,\"accounts\":1," \
	    "$process: one process, and its account"
done
# memory PROCESS: the most that it had, bytes.
memory() {
	echo "$used" | sed -n \
	    "s/.*\"usage\",\"process\":\"$1\".*\"memory\":\([0-9]*\).*/\1/p"
}
ok "the extractor's dictionary is in its account" \
    [ "$(memory extractor)" -gt $((64 << 20)) ]
ok "and in no other's" [ "$(memory fetcher)" -lt $((64 << 20)) ]
ok "nor in the manager's" [ "$(memory manager)" -lt $((16 << 20)) ]
like "$used" '"process":"extractor".*"bytes":73400320' "bytes that were unpacked"
cp "$PUB"/alice/raw/data/1.tar.xz* "$T"
exits 0 "verify --stats" airlock verify --stats "$T/1.tar.xz" \
    --key "$KEYS/alice.asc"
like "$(cat "$T/out")" '^verifier +1 ' "the verifier's row"

# ---- in a control group ----

# group_make: $group is one that this test may delegate; or it says why not.
group_make() {
	group=$(sed -n 's/^\S* \S* \S* \S* \(\S*\) .* - cgroup2 .*/\1/p' \
	    /proc/self/mountinfo | head -n 1)
	[ -n "$group" ] || { echo "no cgroup2 is mounted"; return 1; }
	group=$group$(sed -n 's/^0:://p' /proc/self/cgroup)/airlock-test
	mkdir "$group" 2>"$T/err" || { cat "$T/err"; return 1; }
	at_end 'rmdir "$group"'
	for controller in memory pids; do
		grep -qw $controller "$group/cgroup.controllers" || {
			echo "$group has no controller $controller"
			return 1
		}
	done
}

# grouped COMMAND...: alone in the group.
grouped() {
	# shellcheck disable=SC2016	# in the new shell
	sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}

if ! group_make >"$T/why"; then
	skip 12 "no control group: $(tail -n 1 "$T/why")"
	done_testing
	exit 0
fi
real=$AIRLOCK
printf '#!/bin/sh\necho 0 >"%s/cgroup.procs" && exec "%s" "$@"\n' "$group" \
    "$real" >"$T/airlock"
chmod 755 "$T/airlock"

root_new alice
AIRLOCK=$T/airlock
exits 0 "alone in a group: installs" install --stats --json \
    alice/raw/dictionary/1
like "$(cat "$T/out")" '"budget","memory":"control-group","processes":"control-group"' \
    "the group's limits hold"
is "$(find "$group" -mindepth 1 -type d)" "" "no group is left"
is "$(cat "$group/cgroup.subtree_control")" "" "no controller is left on"
exhausts alice/raw/dictionary/1 memory --max-memory-total=40M
is "$(find "$group" -mindepth 1 -type d)" "" "no group is left after that"
AIRLOCK=$real
root_new alice
AIRLOCK=$T/airlock
exits 7 "too few processes" install --max-processes=4 alice/raw/data/1

# With somebody else in it there is no such limit, and everything works.
sh -c 'echo 0 >"$0/cgroup.procs" && exec sleep 1000' "$group" &
at_end "kill $!"
until [ -s "$group/cgroup.procs" ]; do sleep 0.1; done
exits 0 "not alone: installs" install --stats --json alice/raw/data/1
like "$(cat "$T/out")" '"budget","memory":"process","processes":"process"' \
    "and says what holds"

done_testing
