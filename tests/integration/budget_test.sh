#!/bin/sh
# What needs more than its budget is told to be exhausted, with the option that
# raises it, and not to be an attack; raised, it works.
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

done_testing
