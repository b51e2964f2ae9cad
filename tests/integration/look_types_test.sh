#!/bin/sh
# What list, show, deps, outdated, search and status say of each type of archive.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
tls_new
chmod 755 "$T"
# shellcheck disable=SC2034	# for root_new
URL=file://$PUB

# file PATH: standard input as a single file, packed and signed.
file() {
	mkdir -p "$PUB/${1%/*}" && xz -1 -c >"$PUB/$1.xz" &&
	sign alice "$PUB/$1.xz"
}

TYPES="alice/api/base/1 alice/src/tool/1 alice/raw/font/1 alice/pkg/tool/1
alice/bin/$ARCH/tool/1 alice/dbg/$ARCH/tool/1"
for path in $TYPES; do
	mkdir -p "$T/content/$path"
	echo "some bytes" >"$T/content/$path/content"
done
echo base/1 >"$T/content/alice/src/tool/1/used_apis"
printf '%s\n' alice/src/tool/1 alice/raw/font/1 \
    >"$T/content/alice/pkg/tool/1/archives"
for path in $TYPES; do
	pack "$path" "$T/content/$path"
done
text alice/image/tool-2024-01-01 "an image"
file alice/index/24.10 <<'EOT'
index
+ supports arch: x86_64
+ pkg path: alice/pkg/tool/2 | info: the next one
-
EOT
file alice/image/index <<'EOT'
<index><image/></index>
EOT
FILES="alice/index/24.10 alice/image/index"
ALL="$TYPES alice/image/tool-2024-01-01 $FILES"

root_new alice
# shellcheck disable=SC2086	# words
exits 0 "one of each type" install --source $ALL
# shellcheck disable=SC2086
printf '%s\n' $ALL | LC_ALL=C sort >"$T/wanted"

# ---- list ----

exits 0 "list" airlock list
ok "all of them, in the order of their bytes" diff "$T/wanted" "$T/out"
is "$(airlock list 'alice/image' | wc -l)" 2 "list by a part of a path"
exits 0 "list --json" airlock --json list
# shellcheck disable=SC2086
ok "each has its receipt" python3 -c '
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert sorted(e["path"] for e in events) == sorted(sys.argv[2:])
assert all(e["state"] == "installed" and e["receipt"]["path"] == e["path"]
           for e in events)
' "$T/out" $ALL

# ---- show ----

for path in $TYPES alice/image/tool-2024-01-01; do
	exits 0 "show $path" airlock show "$path"
	like "$(cat "$T/out")" \
	    '^  content    [12] files?, [0-9]+ B; 1 directory, 0 links$' \
	    "$path: its content"
	like "$(cat "$T/out")" '^  served     [0-9]+ B, in public/$' \
	    "$path: as it was served"
done
for path in $FILES; do
	exits 0 "show $path" airlock show "$path"
	like "$(cat "$T/out")" \
	    '^  content    1 file, [0-9]+ B; 0 directories, 0 links$' \
	    "$path: a file"
	like "$(cat "$T/out")" '^  served     [0-9]+ B, in public/$' \
	    "$path: as it was served"
done
for path in $ALL; do
	# What has no receipt value would be shown as nothing.
	exits 0 "show --json $path" airlock --json show "$path"
	ok "$path: JSON" python3 -c '
import json, sys
it = json.load(open(sys.argv[1]))
assert it["path"] == sys.argv[2] == it["receipt"]["path"], it
assert it["state"] == "installed" and it["files"] >= 1, it
assert it["served"] == it["receipt"]["size"], it
' "$T/out" "$path"
done

# related PATH WORD: the paths behind that word in `airlock show PATH`, the
# needs up to "needed by", on one line.
related() {
	airlock show "$1" --arch "$ARCH" | awk -v word="$2" '
	/^  [a-z]/ { on = index($0, "  " word) == 1 &&
	    (word != "needs" || $1 == "needs") }
	on { print $NF }' | xargs
}
is "$(related alice/pkg/tool/1 needs)" \
    "alice/bin/$ARCH/tool/1 alice/raw/font/1" "a pkg needs a bin for a src"
is "$(related alice/src/tool/1 needs)" "alice/api/base/1" "a src needs an api"
is "$(related alice/src/tool/1 'needed by')" "alice/pkg/tool/1" \
    "a src is needed by a pkg"
is "$(related alice/api/base/1 'needed by')" "alice/src/tool/1" \
    "an api by a src"
is "$(related "alice/bin/$ARCH/tool/1" 'needed by')" "alice/pkg/tool/1" \
    "a bin by a pkg"
is "$(related alice/raw/font/1 'needed by')" "alice/pkg/tool/1" "a raw by a pkg"
is "$(related "alice/dbg/$ARCH/tool/1" 'needed by')" "alice/bin/$ARCH/tool/1" \
    "a dbg by its bin"
is "$(related "alice/dbg/$ARCH/tool/1" needs)" "" "a dbg needs nothing"
for path in alice/image/tool-2024-01-01 $FILES; do
	is "$(related "$path" need)" "" "$path: nothing"
done

# ---- deps ----

for path in alice/raw/font/1 alice/api/base/1 "alice/bin/$ARCH/tool/1" \
    "alice/dbg/$ARCH/tool/1" alice/image/tool-2024-01-01 $FILES; do
	is "$(airlock deps "$path" 2>&1)" "$path" "deps $path: itself alone"
done
is "$(airlock deps alice/src/tool/1)" "$(printf '%s\n' alice/src/tool/1 \
    "\`-- alice/api/base/1")" "deps of a src: its apis"
is "$(airlock deps alice/pkg/tool/1 --arch "$ARCH" --source)" \
    "$(printf '%s\n' alice/pkg/tool/1 "|-- alice/bin/$ARCH/tool/1" \
    "|-- alice/src/tool/1" "|   \`-- alice/api/base/1" \
    "\`-- alice/raw/font/1")" "deps of a pkg, with sources"

# ---- outdated, search, status ----

exits 0 "outdated" airlock outdated
is "$(cat "$T/out")" "alice/pkg/tool/1  2 (index of alice)" \
    "by the index alone"
for path in $TYPES alice/image/tool-2024-01-01; do
	newer=${path%/*}/9
	: >"$ROOT/public/$newer.tar.xz"
	: >"$ROOT/public/$newer.tar.xz.sig"
done
# An index is looked into, so that it has to be one.
file alice/index/9 <<'EOT'
index
+ pkg path: alice/pkg/tool/2 | info: the next one
-
EOT
cp "$PUB"/alice/index/9.xz* "$ROOT/public/alice/index"
: >"$ROOT/public/alice/image/zebra.tar.xz"
exits 0 "outdated, with newer ones in public/" airlock outdated
# shellcheck disable=SC2086
is "$(cat "$T/out")" "$(printf '%s  9 (public)\n' $TYPES alice/index/24.10 |
    LC_ALL=C sort)" "each type that has versions"
exits 0 "search" airlock search tool
is "$(LC_ALL=C sort "$T/out")" "$(printf '%s\n' \
    "alice/bin/$ARCH/tool/1  (installed)" \
    "alice/dbg/$ARCH/tool/1  (installed)" \
    "alice/image/tool-2024-01-01  (installed)" \
    "alice/pkg/tool/1  (installed)" "alice/pkg/tool/2  the next one" \
    "alice/src/tool/1  (installed)")" "each type that has the word"
exits 0 "status" airlock status
is "$(cat "$T/out")" "nobody is at work" "all is complete"

done_testing
