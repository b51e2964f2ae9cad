#!/bin/sh
# What goes, and what stays: remove, gc, list --named.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
tls_new
chmod 755 "$T"
URL=file://$PUB

text alice/bin/$ARCH/editor/2 "an editor"
text alice/bin/arm_v8a/editor/2 "another machine's"
text alice/src/editor/2 "its source"
echo base/1 >"$T/content/alice/src/editor/2/used_apis"
pack alice/src/editor/2 "$T/content/alice/src/editor/2"
text alice/api/base/1 "an interface"
text alice/raw/font/1 "a font"
text alice/raw/font/2 "a newer font"
text bob/raw/icons/7 "icons"
pkg alice/pkg/base/1 alice/raw/font/1 bob/raw/icons/7 alice/pkg/editor/2
pkg alice/pkg/editor/2 alice/src/editor/2 alice/pkg/base/1
pkg bob/pkg/viewer/1 bob/raw/icons/7 alice/raw/font/2

# listed [OPTION]: what is installed, on one line.
listed() {
	airlock list "$@" | xargs
}

# gone PATH: tree, receipt and what was fetched.
gone() {
	[ ! -e "$ROOT/depot/$1" ] &&
	[ ! -e "$ROOT/state/receipts/$(echo "$1" | tr / ,)" ] &&
	[ ! -e "$ROOT/public/$1.tar.xz" ] &&
	[ ! -e "$ROOT/public/$1.tar.xz.sig" ]
}

# whole: all that is below $ROOT, but the lock.
whole() {
	(cd "$ROOT" && find . ! -path './state/lock' -printf '%p %y %s\n' |
	    sort)
}

# freed: bytes, as the last command said.
freed() {
	sed -n 's/.*removed, \([0-9]*\) bytes.*/\1/p' "$T/out"
}

# ---- remove ----

root_new alice bob
exits 0 "a package, in a cycle with another" install alice/pkg/editor/2
exits 0 "one of another user" install bob/pkg/viewer/1
whole >"$T/before"

exits 1 "what is needed stays" airlock remove bob/raw/icons/7
like "$(cat "$T/err")" 'bob/raw/icons/7: alice/pkg/base/1 needs it' \
    "who needs it, of another user"
like "$(cat "$T/err")" 'bob/raw/icons/7: bob/pkg/viewer/1 needs it' \
    "and who else"
like "$(cat "$T/err")" '--cascade' "what to do"
exits 1 "half of a cycle" airlock remove alice/pkg/base/1
exits 1 "the bin of a src that is listed" \
    airlock remove alice/bin/$ARCH/editor/2
exits 1 "one that could go with one that is needed" \
    airlock remove bob/pkg/viewer/1 alice/raw/font/1
exits 3 "what is not there" airlock remove bob/pkg/viewer/1 alice/raw/font/9
exits 2 "what is no path" airlock remove bob/pkg/viewer/1 alice
exits 2 "nothing" airlock remove
exits 0 "remove --dry-run" airlock remove --dry-run bob/pkg/viewer/1
planned=$(sed -n 's/.*would be removed, \([0-9]*\) bytes.*/\1/p' "$T/out")
whole >"$T/after"
ok "nothing has changed" diff "$T/before" "$T/after"

exits 0 "remove" airlock remove bob/pkg/viewer/1
is "$(freed)" "$planned" "as many bytes as --dry-run said"
is "$(freed)" "$(($(cat "$T/content/bob/pkg/viewer/1"/* | wc -c) +
    $(cat "$PUB/bob/pkg/viewer/1".* | wc -c)))" "which is what it was"
ok "all of it is gone" gone bob/pkg/viewer/1
not "and the directories above" [ -e "$ROOT/depot/bob/pkg" ]
ok "but the user's" [ -e "$ROOT/depot/bob/pubkey" ]
ok "others are there" installed alice/pkg/editor/2
exits 3 "again" airlock remove bob/pkg/viewer/1
exits 0 "installed again" install bob/pkg/viewer/1
ok "as it was" installed bob/pkg/viewer/1
exits 0 "both halves of a cycle" \
    airlock --json remove alice/pkg/base/1 alice/pkg/editor/2
ok "each line is JSON" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [x["event"] for x in lines] == ["remove", "remove", "freed"], lines
assert {x["path"] for x in lines[:2]} == {"alice/pkg/base/1",
    "alice/pkg/editor/2"}
assert all(x["result"] == "removed" for x in lines[:2])
assert lines[2]["archives"] == 2 and not lines[2]["dry-run"]
assert lines[2]["bytes"] == sum(x["bytes"] for x in lines[:2])
' "$T/out"
exits 0 "what it needed can go now" airlock remove alice/raw/font/1
exits 1 "--json, refused" airlock --json remove bob/raw/icons/7
is "$(cat "$T/out")" '{"event":"remove","path":"bob/raw/icons/7","result":"refused","state":"installed","needed-by":["bob/pkg/viewer/1"]}' \
    "who needs it"

root_new alice bob
exits 0 "two packages" install alice/pkg/editor/2 bob/pkg/viewer/1
exits 0 "remove --cascade" airlock remove --cascade alice/raw/font/1
is "$(listed)" "alice/bin/$ARCH/editor/2 alice/raw/font/2 bob/pkg/viewer/1 bob/raw/icons/7" \
    "took all with it that needed it, by way of a cycle"

# ---- gc ----

is "$(listed --named)" "bob/pkg/viewer/1" "list --named"
exits 0 "a version beside" install alice/raw/font/1 alice/raw/font/2
exits 0 "gc --dry-run" airlock gc --dry-run
like "$(cat "$T/out")" "^alice/bin/$ARCH/editor/2: would be removed" "an orphan"
exits 0 "gc" airlock gc
is "$(listed)" "alice/raw/font/1 alice/raw/font/2 bob/pkg/viewer/1 bob/raw/icons/7" \
    "the orphan is gone, all versions that were named are not"
exits 0 "without who needs them" airlock remove bob/pkg/viewer/1
exits 0 "gc" airlock gc
is "$(listed)" "alice/raw/font/1 alice/raw/font/2" \
    "what was named later stays"
exits 0 "the rest" airlock remove alice/raw/font/1 alice/raw/font/2
is "$(find "$ROOT/depot" "$ROOT/public" "$ROOT/state/receipts" -type f |
    sed "s,$ROOT/,," | sort | xargs)" \
    "depot/alice/download depot/alice/pubkey depot/bob/download depot/bob/pubkey" \
    "nothing is left"
exits 0 "a dependency that nobody names" install bob/pkg/viewer/1
exits 0 "install --dry-run of one" install --dry-run alice/raw/font/2
is "$(listed --named)" "bob/pkg/viewer/1" "names nothing"

root_new alice bob
exits 0 "with sources" install --source alice/pkg/editor/2
exits 0 "for another machine" install --arch arm_v8a alice/pkg/editor/2
exits 0 "gc" airlock gc
is "$(listed)" "alice/api/base/1 alice/bin/arm_v8a/editor/2 alice/bin/$ARCH/editor/2 alice/pkg/base/1 alice/pkg/editor/2 alice/raw/font/1 alice/src/editor/2 bob/raw/icons/7" \
    "sources, interfaces and other machines' stay with their package"
exits 1 "another machine's bin" airlock remove alice/bin/arm_v8a/editor/2
exits 1 "an api that a src uses" airlock remove alice/api/base/1
exits 0 "a source that a pkg lists" airlock remove alice/src/editor/2
exits 0 "gc" airlock gc
not "the api went with it" [ -e "$ROOT/depot/alice/api" ]
mkdir -p "$ROOT/depot/carol/pkg/own/1" "$ROOT/depot/carol/raw/x/1"
echo alice/raw/font/1 >"$ROOT/depot/carol/pkg/own/1/archives"
mkdir -p "$ROOT/public/carol/raw/x"
echo published >"$ROOT/public/carol/raw/x/1.tar.xz"
exits 0 "remove the package" \
    airlock remove alice/pkg/editor/2 alice/pkg/base/1
exits 0 "gc" airlock gc
is "$(listed | sed 's/  foreign//g')" \
    "alice/raw/font/1 carol/pkg/own/1 foreign carol/raw/x/1 foreign" \
    "what airlock did not install stays, with what it needs"
exits 1 "remove of it" airlock remove carol/raw/x/1
exits 1 "cascade to it" airlock remove --cascade alice/raw/font/1
ok "nothing was removed" installed alice/raw/font/1
exits 0 "with --force" airlock remove --force carol/raw/x/1
not "is gone" [ -e "$ROOT/depot/carol/raw" ]
ok "but not what was published" [ -e "$ROOT/public/carol/raw/x/1.tar.xz" ]

echo ../../etc >"$ROOT/depot/carol/pkg/own/1/archives"
exits 5 "gc with a list that is not valid" airlock gc
like "$(cat "$T/err")" 'carol/pkg/own/1: what it needs is not known' "says so"
ok "nothing was removed" installed alice/raw/font/1
rm -r "$ROOT/depot/alice/raw/font/1"
exits 0 "remove of one whose directory is missing" airlock remove --force \
    alice/raw/font/1 carol/pkg/own/1
ok "its receipt" gone alice/raw/font/1

# ---- what killed runs leave ----

root_new alice bob
exits 0 "one archive" install alice/raw/font/1
mkdir "$ROOT/depot/.airlock/staging/3"
echo half >"$ROOT/depot/.airlock/staging/3/half"
cd "$ROOT/public/.airlock" || exit 1
echo untagged >alice,raw,a,1
echo partial >alice,raw,b,1
echo tag >alice,raw,b,1@tag
echo partial >alice,raw,c,1
echo tag >alice,raw,c,1@tag
echo tag >alice,raw,d,1@tag
touch -d '8 days ago' alice,raw,c,1
cd "$SRC" || exit 1
rm -r "$ROOT/depot/alice/raw/font/1"
exits 0 "gc --dry-run" airlock gc --dry-run
ok "changes nothing" [ -e "$ROOT/public/.airlock/alice,raw,a,1" ]
exits 0 "gc" airlock gc
is "$(find "$ROOT/public/.airlock" -type f -printf '%f\n' | sort | xargs)" \
    "alice,raw,b,1 alice,raw,b,1@tag" \
    "what can be resumed and is young stays"
is "$(ls "$ROOT/depot/.airlock/staging")" "" "staging is empty"
ok "a receipt without a directory" gone alice/raw/font/1
is "$(freed)" "$((5 + 9 + 8 + 4 + 4 +
    $(cat "$PUB"/alice/raw/font/1.* | wc -c)))" "each byte was counted"
exits 0 "gc of a clean depot" airlock gc
is "$(cat "$T/out")" "0 archives removed, 0 bytes freed (0 B)" "is short"
exits 1 "gc where no depot is" "$AIRLOCK" --root "$T/nowhere" gc
not "makes none" [ -e "$T/nowhere" ]

# many COUNT: archives alice/raw/many/N, as if installed.
many() {
	exits 0 "one of many" install alice/raw/font/1
	python3 - "$ROOT" "$1" <<'EOT'
import os, re, sys
root, count = sys.argv[1], int(sys.argv[2])
with open(f"{root}/state/receipts/alice,raw,font,1") as file:
    receipt = re.sub("wanted yes", "wanted no", file.read())
for n in range(1, count + 1):
    os.makedirs(f"{root}/depot/alice/raw/many/{n}")
    with open(f"{root}/depot/alice/raw/many/{n}/content", "w") as file:
        file.write(f"{n}\n")
    with open(f"{root}/state/receipts/alice,raw,many,{n}", "w") as file:
        file.write(receipt.replace("alice/raw/font/1", f"alice/raw/many/{n}"))
EOT
}

# sound: each tree has its receipt, and is complete.
sound() {
	not "no tree has lost its receipt" \
	    sh -c '"$1" --root "$2" list | grep foreign' - "$AIRLOCK" "$ROOT"
	for dir in "$ROOT"/depot/alice/raw/many/*/; do
		[ -e "$dir" ] || continue
		[ -e "$dir/content" ] || {
			ok "$dir is complete" false
			return
		}
	done
}

hits=0
for delay in 1 3 5 8 12; do
	root_new alice
	many 400
	"$AIRLOCK" --root "$ROOT" gc >"$T/run" 2>&1 &
	run=$!
	sleep "$(printf '0.%03d' $((delay * 3)))"
	kill -9 $run 2>/dev/null
	wait $run 2>/dev/null
	[ $? -ne 137 ] || hits=$((hits + 1))
	left=$(find "$ROOT/depot/alice/raw" -name content | wc -l)
	diag "killed after $((delay * 3)) ms: $left are left"
	sound
	exits 0 "gc after a kill" airlock gc
	is "$(listed)" alice/raw/font/1 "ends what was begun"
	ok "nothing left over" nothing_left
	is "$(cd "$ROOT/state/receipts" && echo *)" \
	    "alice,raw,font,1 alice,raw,font,1@manifest" "nor a receipt"
done
if [ $hits -ge 2 ]; then
	ok "some were killed: $hits of 5" true
else
	skip 1 "gc was done each time before it could be killed"
fi

# ---- hostile trees ----

# hostile DIR: names that lead out, no permissions, and deeper than any path.
hostile() {
	mkdir "$T/outside" && echo precious >"$T/outside/file" &&
	ln -s "$T/outside" "$1/link" && ln -s / "$1/root" &&
	ln "$T/outside/file" "$1/hard" && mkfifo "$1/fifo" &&
	python3 - "$1" <<'EOT'
import os, sys
os.chdir(sys.argv[1])
os.mkdir("1"); os.mkdir("0")
for depth in range(10000):
    os.mkdir("0", 0o700)
    os.chdir("0")
os.symlink("../../../..", "up")
os.chdir(sys.argv[1])
os.makedirs("shut/shut/shut")
open("shut/shut/file", "w").close()
os.chmod("shut/shut", 0)
os.chmod("shut", 0o111)
EOT
	chmod 555 "$1"
}

root_new alice
exits 0 "one archive" install alice/raw/font/1
ok "a hostile tree" hostile "$ROOT/depot/alice/raw/font/1"
exits 0 "is removed" airlock remove alice/raw/font/1
ok "all of it" gone alice/raw/font/1
ok "nothing left over" nothing_left
is "$(cat "$T/outside/file")" precious "and nothing outside"
is "$(freed)" "$((7 + $(cat "$PUB"/alice/raw/font/1.* | wc -c)))" \
    "a file with another name elsewhere was not freed"
mkdir -p "$T/elsewhere/font/1"
mkdir -p "$ROOT/depot/alice"
ln -s "$T/elsewhere" "$ROOT/depot/alice/raw"
exits 1 "by way of a link" airlock remove --force alice/raw/font/1
ok "nothing was removed" [ -e "$T/elsewhere/font/1" ]

# ---- two at once ----

noise alice/raw/slow/1 4
pkg alice/pkg/slow/1 alice/raw/slow/1 alice/raw/font/1
web_start https 'limit_rate 1m;'
root_new alice
exits 0 "one archive" install alice/raw/font/1
install_start alice/pkg/slow/1
tries=100
until [ "$(requests slow)" -gt 0 ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
exits 0 "remove --dry-run waits for nobody" \
    timeout 5 "$AIRLOCK" --root "$ROOT" remove --dry-run --cascade \
    alice/raw/font/1
ok "the other still runs" kill -0 $run
exits 1 "remove waits, and then sees who needs it" \
    airlock remove alice/raw/font/1
like "$(cat "$T/out" "$T/err")" "$(process $run manager)|$run" \
    "it named the one that it waited for"
like "$(cat "$T/err")" 'alice/raw/font/1: alice/pkg/slow/1 needs it' "it does"
install_wait
is $status 0 "the other one"
install_start alice/raw/slow/1
airlock remove --cascade alice/raw/slow/1 >"$T/out" 2>&1 ||
    diag "$(cat "$T/out")"
install_wait
is $status 0 "an install while it is removed"
[ $status -eq 0 ] || diag "$(cat "$T/run")"
ok "is there whole or not at all" \
    sh -c 'if [ -e "$1" ]; then diff -r "$1" "$2"; fi' - \
    "$ROOT/depot/alice/raw/slow/1" "$T/content/alice/raw/slow/1"
exits 0 "gc" airlock gc
ok "nothing left over" nothing_left

done_testing
