#!/bin/sh
# What the commands say that look at a depot: show, deps,
# status, and how long that takes with many archives.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
tls_new
chmod 755 "$T"
URL=file://$PUB

text "alice/bin/$ARCH/editor/2" "an editor"
text alice/raw/font/1 "a font"
text bob/raw/icons/7 "icons"
pkg alice/pkg/base/1 alice/raw/font/1 bob/raw/icons/7 alice/pkg/editor/2
pkg alice/pkg/editor/2 alice/src/editor/2 alice/pkg/base/1 alice/raw/font/1
root_new alice bob
exits 0 "a package with dependencies, in a cycle" install alice/pkg/editor/2

# ---- deps ----

exits 0 "deps" airlock deps alice/pkg/editor/2 --arch "$ARCH"
cat >"$T/wanted" <<EOT
alice/pkg/editor/2
|-- alice/bin/$ARCH/editor/2
|-- alice/pkg/base/1
|   |-- alice/raw/font/1
|   |-- bob/raw/icons/7
|   \`-- alice/pkg/editor/2 ...
\`-- alice/raw/font/1
EOT
ok "a tree, each archive expanded once" diff "$T/wanted" "$T/out"

is "$(airlock status)" "nobody is at work" "status: all is complete"
rm -rf "$ROOT/depot/bob/raw/icons"
is "$(airlock status | grep -v ^gone)" "$(printf '%s\n' "nobody is at work" \
    "incomplete alice/pkg/base/1 lacks bob/raw/icons/7")" "and then it is not"
exits 0 "deps, of which one is missing" \
    airlock deps alice/pkg/base/1 --arch "$ARCH"
like "$(cat "$T/out")" 'bob/raw/icons/7  \(missing\)$' "it is marked"

exits 0 "deps --dot" airlock deps alice/pkg/editor/2 --arch "$ARCH" --dot
like "$(cat "$T/out")" '"alice/pkg/base/1" -> "alice/pkg/editor/2";' \
    "an edge of the cycle"
like "$(cat "$T/out")" '"bob/raw/icons/7" \[style=dashed' "a missing one"
if command -v dot >/dev/null; then
	ok "Graphviz takes it" dot -Tplain -o /dev/null "$T/out"
else
	skip 1 "graphviz is not installed"
fi

exits 0 "deps --json" airlock --json deps alice/pkg/editor/2 --arch "$ARCH"
ok "each line is JSON" python3 -c '
import json, sys
nodes = {}
for line in open(sys.argv[1]):
    node = json.loads(line)
    assert node["event"] == "depends", node
    nodes[node["path"]] = node
assert len(nodes) == 5
assert nodes["bob/raw/icons/7"]["state"] == "missing"
assert nodes["alice/pkg/base/1"]["needs"] == ["alice/raw/font/1",
    "bob/raw/icons/7", "alice/pkg/editor/2"]
' "$T/out"
exits 3 "deps of what is not installed" airlock deps alice/pkg/gone/1
exits 2 "deps of what is no path" airlock deps alice

# A line that is no path: signed, but not valid.
chmod -R u+w "$ROOT/depot/alice/pkg/base"
printf 'alice/raw/font/1\n../../etc/passwd\n' \
    >"$ROOT/depot/alice/pkg/base/1/archives"
exits 0 "deps with a damaged list" airlock deps alice/pkg/base/1 --arch "$ARCH"
printf 'alice/raw/font/1\n' >"$ROOT/depot/alice/pkg/base/1/archives"

# ---- show ----

exits 0 "show" airlock show alice/raw/font/1 --arch "$ARCH"
like "$(cat "$T/out")" '^  content    1 file, 7 B; 1 directory, 0 links$' \
    "its content"
like "$(cat "$T/out")" '^  served     [0-9]+ B, in public/$' "its size"
like "$(cat "$T/out")" '^  signed     2[0-9-]+ [0-9:]+ UTC by [0-9A-Fa-f]{40}$' \
    "who signed it"
like "$(cat "$T/out")" '^  installed  .*, as a dependency$' "why it is there"
is "$(sed -n '/needed by/,$p' "$T/out" | sed 's/.* //' | sort | xargs)" \
    "alice/pkg/base/1 alice/pkg/editor/2" "what needs it"

exits 0 "show --json" airlock --json show bob/raw/icons/7 --arch "$ARCH"
ok "it is JSON" python3 -c '
import json, sys
it = json.load(open(sys.argv[1]))
assert it["event"] == "show" and it["state"] == "missing", it
assert it["receipt"]["wanted"] == "no"
assert "files" not in it
' "$T/out"
exits 0 "show a bin" airlock show "alice/bin/$ARCH/editor/2"
like "$(cat "$T/out")" 'needed by  alice/pkg/editor/2$' "by way of its src"
exits 3 "show what nobody knows" airlock show alice/raw/nothing/1
mkdir -p "$ROOT/depot/carol/raw/x/1"
exits 0 "show a foreign directory" airlock show carol/raw/x/1
like "$(cat "$T/out")" '^  state      foreign$' "it is foreign"

# ---- status ----

exits 0 "status" airlock status
like "$(cat "$T/out")" '^nobody is at work$' "nobody is at work"
like "$(cat "$T/out")" '^gone +bob/raw/icons/7 ' "what has a receipt only"
not "a whole package is not mentioned" grep 'raw/font' "$T/out"

noise alice/raw/big/1 6
web_start https 'set $limit_rate 2m;'
know alice "$URL"
install_start alice/raw/big/1
tries=100
while [ $tries -gt 0 ]; do
	tries=$((tries - 1))
	have=$(find "$ROOT/public/.airlock" -type f -size +1024k)
	[ -z "$have" ] || break
	sleep 0.1
done
exits 0 "status of an install that is at work" airlock --json status
is "$(sed -n 's/.*"event":"lock".*"held":true,"pid":\([0-9]*\).*/\1/p' \
    "$T/out")" "$run" "whose process it names"
kill -KILL "$run"
install_wait
mkdir "$ROOT/depot/.airlock/staging/7"
echo "half of it" >"$ROOT/depot/.airlock/staging/7/file"
tree >"$T/before"
exits 0 "status after it was killed" airlock status
like "$(cat "$T/out")" \
    '^partial +alice/raw/big/1: [0-9.]+ MB, goes on .* from localhost$' \
    "the partial download"
like "$(cat "$T/out")" '^staged +7: 1 files, 11 B;' "the tree in staging"
q=$ROOT/public/.airlock
cp "$q/alice,raw,big,1@tag" "$q/alice,raw,none,1@tag"
: >"$q/alice,raw,none,1"
is "$(airlock status | grep 'none/1')" \
    "partial    alice/raw/none/1: 0 B, begins anew" "nothing is not resumed"
rm "$q"/alice,raw,none,1*
tree >"$T/after"
ok "looking changes nothing" cmp "$T/before" "$T/after"
exits 0 "status --json" airlock --json status
ok "each line is JSON" python3 -c '
import json, sys
seen = {}
for line in open(sys.argv[1]):
    event = json.loads(line)
    seen.setdefault(event["event"], []).append(event)
assert seen["lock"][0]["held"] is False, seen
partial = [p for p in seen["partial"] if not p["signature"]]
assert partial[0]["resumes"] and partial[0]["bytes"] >= 1 << 20, seen
assert partial[0]["host"] == "localhost"
# The killed one has left an empty directory beside it.
assert [s["files"] for s in seen["staged"] if s["name"] == "7"] == [1], seen
' "$T/out"
# What status foretold.
: >"$T/web/access.log"
exits 0 "the next install" install alice/raw/big/1
is "$(requests "GET /alice/raw/big/1.tar.xz 206 ")" 1 "goes on where it stopped"
ok "and leaves nothing" nothing_left

# ---- ten thousand archives: processor time, since a wall clock is noisy ----

LARGE=$T/large
"$SRC/tests/lib/depot_large.py" "$LARGE" 10000 || exit 1

# As many again that its publisher has, and more.
python3 - "$LARGE" <<'EOT'
import os, sys
os.makedirs(f"{sys.argv[1]}/state/catalogs", exist_ok=True)
paths = [f"large/pkg/p{i}/2024-06-01" for i in range(1000)]
paths += [f"large/raw/more{i}/1" for i in range(100000)]
with open(f"{sys.argv[1]}/state/catalogs/large", "w") as file:
    file.write("airlock-catalog 1\nuser large\nserial 1\ncreated 1\n"
               "expires 2\n")
    for path in sorted(paths):
        file.write(f"archive {path} 1000 10 2 {0:064}\n"
                   "needs large/raw/more1/1\n")
EOT

# fast COMMAND...: under a second, its reader included.
fast() {
	ok "in less than a second: $*" python3 -c '
import os, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = os.times()
spent = used.children_user + used.children_system
assert spent < 1, spent
' "$AIRLOCK" --root "$LARGE" "$@"
}
fast list
fast --json list
fast list '*/raw/*'
fast show large/raw/r0-0/1
fast deps large/pkg/p999/2024-01-01
fast deps --dot large/pkg/p999/2024-01-01
fast --json deps large/pkg/p999/2024-01-01
fast outdated
fast index
fast search number
fast status
fast gc --dry-run
fast --json gc --dry-run
fast remove --dry-run --cascade large/raw/r0-0/1
is "$("$AIRLOCK" --root "$LARGE" list | wc -l)" 10001 "all are listed"
is "$("$AIRLOCK" --root "$LARGE" gc --dry-run | grep -c ': would be removed')" \
    10000 "nobody named them; the index has no receipt, and stays"
is "$("$AIRLOCK" --root "$LARGE" outdated | wc -l)" 1000 "all are outdated"
is "$("$AIRLOCK" --root "$LARGE" deps --dot large/pkg/p999/2024-01-01 |
    grep -c ' -> ')" 9999 "all are found, however deep"

done_testing
