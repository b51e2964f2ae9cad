#!/bin/sh
# All workers' budget together, in a control group, where one is delegated to this
# test; where none is, the test says so.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

# group_make BASE: $group is one below it that we may delegate, or $why says why
# there is none.
group_make() {
	group=${1%/}/airlock-test.$$
	why=$(mkdir "$group" 2>&1) || return 1
	for controller in memory pids; do
		grep -qw $controller "$group/cgroup.controllers" && continue
		rmdir "$group"
		why="it is not given the controller $controller"
		return 1
	done
	# shellcheck disable=SC2016	# expanded at the end
	at_end 'rmdir "$group"'
}

mounted=$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup2 .*/\1/p' \
    /proc/self/mountinfo | head -n 1)
[ -n "$mounted" ] || skip_all "no control group: no cgroup2 is mounted"
own=$(sed -n 's/^0:://p' /proc/self/cgroup)
group_make "$mounted$own" || group_make "$mounted${own%/*}" ||
    skip_all "no control group: $why"

publisher alice
text alice/raw/data/1 "data"
# A dictionary of 64 MiB (28, coded), all of which is filled.
mkdir -p "$PUB/alice/raw/large"
"$SRC/tests/lib/stored_xz.py" 1 66 28 >"$PUB/alice/raw/large/1.tar.xz"
sign alice "$PUB/alice/raw/large/1.tar.xz"
web_start https
root_new alice

# From here on airlock starts in the group.
cat >"$T/airlock" <<EOF
#!/bin/sh
echo 0 >"$group/cgroup.procs" && exec "$AIRLOCK" "\$@"
EOF
chmod 755 "$T/airlock"
alone=$AIRLOCK AIRLOCK=$T/airlock

fresh() {
	AIRLOCK=$alone
	root_new alice
	AIRLOCK=$T/airlock
}

# as_before: nothing in the group tells of a run.
as_before() {
	[ -z "$(find "$group" -mindepth 1 -type d)" ] &&
	    [ -z "$(cat "$group/cgroup.subtree_control")" ] &&
	    [ -z "$(cat "$group/cgroup.procs")" ]
}

exits 0 "nobody else in it: installs" install --stats --json alice/raw/large/1
like "$(cat "$T/out")" \
    '"budget","memory":"control-group","processes":"control-group"' \
    "the group's limits hold"
ok "the group is as before" as_before

fresh
exits 5 "too little memory together" install --json \
    --max-memory-total=48M alice/raw/large/1
is "$(result alice/raw/large/1)" "failed memory" "the reason"
like "$(cat "$T/out")" '"state":"exhausted".*--max-memory-total' \
    "the message names the option"
ok "not installed" absent alice/raw/large/1
ok "nothing left over" nothing_left
ok "the group is as before" as_before
exits 0 "with more it works" install --max-memory-total=200M \
    alice/raw/large/1

exits 5 "too few processes" airlock verify --json --max-processes=4 \
    "$PUB/alice/raw/data/1.tar.xz" --key "$KEYS/alice.asc"
like "$(cat "$T/out")" '"state":"exhausted","reason":"processes".*--max-processes' \
    "the reason, and the option"
ok "the group is as before" as_before
exits 0 "verify" airlock verify --stats --json "$PUB/alice/raw/data/1.tar.xz" \
    --key "$KEYS/alice.asc"
like "$(cat "$T/out")" '"budget","memory":"control-group"' "in a group, too"
exits 0 "audit" airlock audit --json
like "$(cat "$T/out")" '"event":"level".*"group_memory":true,"group_processes":true' \
    "shows that there would be one"
ok "the group is as before" as_before

# Killed, it leaves its groups, and the controllers on, so that the group's owner
# has to switch them off before anybody can enter; the next one removes the rest.
fresh
install_start alice/raw/large/1
until [ -n "$(find "$group" -mindepth 1 -type d -name 'airlock.*')" ]; do
	sleep 0.05
done
kill -KILL "$run"
install_wait
echo "-memory -pids" >"$group/cgroup.subtree_control"
exits 0 "after one that was killed" install alice/raw/data/1
is "$(find "$group" -mindepth 1 -type d)" "" "its groups are gone"

# With somebody else in it there is no such limit, and everything works.
fresh
sh -c 'echo 0 >"$1/cgroup.procs" && exec sleep 1000' sh "$group" &
at_end "kill $!; wait $!"
until [ -s "$group/cgroup.procs" ]; do sleep 0.1; done
exits 0 "others in it: installs" install --stats --json alice/raw/data/1
like "$(cat "$T/out")" '"budget","memory":"process","processes":"process"' \
    "and says what holds"
is "$(find "$group" -mindepth 1 -type d)" "" "no group is left"

done_testing
