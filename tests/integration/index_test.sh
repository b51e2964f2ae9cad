#!/bin/sh
# Indexes: both syntaxes, search, outdated, and what hostile ones meet.  An index
# was signed by its publisher, so that all of it is that one's choice.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
tls_new
chmod 755 "$T"
# shellcheck disable=SC2034	# for root_new
URL=file://$PUB
mkdir -p "$PUB/alice/index"

# index_serve VERSION: standard input, packed and signed.
index_serve() {
	xz -1 -c >"$PUB/alice/index/$1.xz" &&
	gpg --batch --quiet --yes --digest-algo SHA256 \
	    --local-user '=alice <alice@example.org>' --detach-sign \
	    --output "$PUB/alice/index/$1.xz.sig" "$PUB/alice/index/$1.xz"
}

index_serve 24.10 <<'EOT'
<?xml version="1.0"?>
<!-- what there is -->
<index>
	<supports arch="x86_64"/>
	<index name="Tools">
		<pkg path="alice/pkg/editor/2024-01-01" info="a text editor"/>
		<unknown><pkg path="alice/pkg/hidden/1" info="x"/></unknown>
		<index name="Small ones">
			<pkg path='alice/pkg/ed/1' info='for "lines"'></pkg>
		</index>
	</index>
	<pkg path="../../etc/passwd" info="no path"/>
</index>
EOT
index_serve 26.04 <<'EOT'
index
. comments | may have bars
+ supports arch: x86_64
+ index Tools
| + pkg | path: alice/pkg/editor/2026-02-03 | info: a Text editor | . newer
| x pkg | path: alice/pkg/disabled/1 | info: switched off
| + index Small ones
|   + pkg alice/pkg/ed/1
|                  | info: for lines
|     : quoted | text
+ pkg
      path: alice/pkg/more/2025-01-01
      info: shows a file: slowly
-
EOT
pkg alice/pkg/editor/2024-01-01 alice/raw/font/1
text alice/raw/font/1 "a font"
root_new alice
exits 3 "no index yet" airlock index
exits 0 "two indexes and a package" install alice/index/24.10 \
    alice/index/26.04 alice/pkg/editor/2024-01-01

exits 0 "XML" airlock index alice/index/24.10
cat >"$T/wanted" <<'EOT'
alice/index/24.10
  supports x86_64
  Tools:
    alice/pkg/editor/2024-01-01  a text editor  (installed)
    Small ones:
      alice/pkg/ed/1  for "lines"
EOT
ok "as it is" diff "$T/wanted" "$T/out"
like "$(cat "$T/err")" '1 entries without a valid path' "what was left out"
exits 0 "the newest, HID" airlock index alice
cat >"$T/wanted" <<'EOT'
alice/index/26.04
  supports x86_64
  Tools:
    alice/pkg/editor/2026-02-03  a Text editor
    Small ones:
      alice/pkg/ed/1  for lines
  alice/pkg/more/2025-01-01  shows a file: slowly
EOT
ok "as it is" diff "$T/wanted" "$T/out"
exits 0 "--json" airlock --json index
ok "each line is JSON" python3 -c '
import json, sys
entries = [json.loads(line) for line in open(sys.argv[1])]
assert entries[0]["event"] == "supports"
assert entries[2] == {"event": "entry", "index": "alice/index/26.04",
    "groups": ["Tools", "Small ones"], "path": "alice/pkg/ed/1",
    "info": "for lines", "installed": False}, entries[2]
' "$T/out"
exits 2 "neither a user nor an index" airlock index alice/pkg/x/1
exits 3 "a user without" airlock index bob

exits 0 "search" airlock search TEXT
is "$(cat "$T/out")" "alice/pkg/editor/2026-02-03  a Text editor" \
    "capital letters do not matter"
exits 0 "search what is installed" airlock search font
is "$(cat "$T/out")" "alice/raw/font/1  (installed)" "by its path"
exits 3 "search what nobody has" airlock search zebra
exits 0 "search --json" airlock --json search editor
ok "each line is JSON" python3 -c '
import json, sys
found = {f["path"]: f for f in map(json.loads, open(sys.argv[1]))}
assert found["alice/pkg/editor/2026-02-03"]["installed"] is False
assert found["alice/pkg/editor/2024-01-01"]["installed"] is True
' "$T/out"

exits 0 "outdated" airlock outdated
is "$(grep pkg "$T/out")" "alice/pkg/editor/2024-01-01  2026-02-03 (index of alice)" \
    "a version of the index"
mkdir -p "$ROOT/depot/bob/index"
printf 'index\n+ pkg alice/pkg/editor/2026-02-04\n-\n' \
    >"$ROOT/depot/bob/index/1"
is "$(airlock outdated | grep pkg)" \
    "alice/pkg/editor/2024-01-01  2026-02-04 (index of bob)" \
    "another's word is shown as such"
is "$(airlock --json outdated | grep -c '"from":"index","user":"bob"')" 1 \
    "in JSON, too"
rm -rf "$ROOT/depot/bob"
mkdir -p "$ROOT/public/alice/pkg/editor"
: >"$ROOT/public/alice/pkg/editor/2027-01-01.tar.xz"
: >"$ROOT/public/alice/pkg/editor/junk"
: >"$ROOT/public/alice/pkg/editor/2028-01-01.xz"
exits 0 "outdated, by public/" airlock --json outdated
ok "it is JSON" python3 -c '
import json, sys
newest = {o["path"]: o for o in map(json.loads, open(sys.argv[1]))}
it = newest["alice/pkg/editor/2024-01-01"]
assert it["newest"] == "alice/pkg/editor/2027-01-01", it
assert it["from"] == "public"
' "$T/out"

# ---- hostile ones ----

# hostile STATUS NAME TEXT: an index on standard input.
hostile() {
	cat >"$ROOT/depot/alice/index/99"
	exits "$1" "$2" timeout 20 "$AIRLOCK" --root "$ROOT" index alice
	like "$(cat "$T/err")" "$3" "$2: what it says"
	not "$2: no control character is shown" \
	    grep -q "$(printf '[\001-\010\013-\037\177]')" "$T/out" "$T/err"
}
rm -f "$ROOT/depot/alice/index/26.04"
hostile 5 "a terminal's escape" 'not UTF-8' <<EOT
<index><pkg path="alice/pkg/x/1" info="$(printf '\033[2J')"/></index>
EOT
printf '<index><pkg path="alice/pkg/x/1" info="a\0b"/></index>' >"$T/bad"
hostile 5 "a NUL" 'not UTF-8' <"$T/bad"
printf '<index><pkg path="alice/pkg/x/1" info="\303("/></index>' >"$T/bad"
hostile 5 "wrong UTF-8" 'not UTF-8' <"$T/bad"
printf '<index><pkg path="alice/pkg/x/1" info="\302\233"/></index>' >"$T/bad"
hostile 5 "a control character of C1" 'not UTF-8' <"$T/bad"
printf 'index\n+ pkg | path: alice/pkg/x/1 | info: \342\200\256txt\n-\n' >"$T/bad"
hostile 0 "a mark that turns text around" '^$' <"$T/bad"
not "it is not shown" grep -q "$(printf '\342\200\256')" "$T/out"
yes '<index name="x">' | head -n 100000 >"$T/bad"
hostile 5 "endless nesting, XML" 'deep' <"$T/bad"
awk 'BEGIN { print "index"; for (i = 0; i < 1000; i++)
	printf "%*s+ index x\n", i, ""; print "-" }' >"$T/bad"
hostile 5 "endless nesting, HID" 'deep' <"$T/bad"
awk 'BEGIN { print "<index>"; for (i = 0; i < 1000000; i++)
	print "<pkg path=\"alice/pkg/x/" i "\"/>"; print "</index>" }' >"$T/bad"
hostile 5 "a million entries" 'larger than' <"$T/bad"
awk 'BEGIN { print "index"; for (i = 0; i < 200000; i++)
	print "+ pkg a/pkg/x/1"; print "-" }' >"$T/bad"
hostile 5 "more entries than allowed" 'more than 65536' <"$T/bad"
printf '<index><pkg path="alice/pkg/x/1"' >"$T/bad"
hostile 5 "no end, XML" 'no end' <"$T/bad"
printf '<index><!-- and so on' >"$T/bad"
hostile 5 "a comment without end" 'no end' <"$T/bad"
printf 'index\n+ pkg alice/pkg/x/1\n' >"$T/bad"
hostile 5 "no end, HID" 'no end' <"$T/bad"
hostile 5 "a billion laughs" '99:1: neither' <<'EOT'
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>
<index><pkg path="alice/pkg/x/1" info="&b;"/></index>
EOT
hostile 0 "entities are text" '^$' <<'EOT'
<index><pkg path="alice/pkg/x/1" info="&lt;&#27;&b;"/></index>
EOT
like "$(cat "$T/out")" 'x/1  &lt;&#27;&b;$' "none is replaced"
hostile 5 "an end that fits no beginning" ':2: neither' <<'EOT'
<index><index name="a">
</pkg></index>
EOT
hostile 5 "two top nodes" 'neither' <<'EOT'
<index/><index/>
EOT
hostile 5 "another top node" 'this is no index' <<'EOT'
<config/>
EOT
: >"$T/bad"
hostile 5 "an empty file" 'this is no index' <"$T/bad"
head -c 65536 /dev/urandom >"$T/bad"
hostile 5 "noise" '.' <"$T/bad"
printf '<index><pkg path="alice/pkg/x/1" info="%s"/></index>' \
    "$(head -c 100000 /dev/zero | tr '\0' x)" >"$T/bad"
hostile 0 "a description that is too long" '^$' <"$T/bad"
ok "it is cut" [ "$(wc -c <"$T/out")" -lt 400 ]
rm -f "$ROOT/depot/alice/index/99"
mkfifo "$ROOT/depot/alice/index/99"
exits 1 "a fifo" timeout 20 "$AIRLOCK" --root "$ROOT" index alice
rm -f "$ROOT/depot/alice/index/99"
ln -s /etc/passwd "$ROOT/depot/alice/index/99"
exits 1 "a link" timeout 20 "$AIRLOCK" --root "$ROOT" index alice

# ---- what lies in public/ ----

rm -f "$ROOT/depot/alice/index/99"
index_serve 27.01 <<'EOT'
index
+ pkg | path: alice/pkg/unheard/1 | info: of 27.01
+ pkg | path: alice/pkg/editor/2028-01-01
-
EOT
mkdir -p "$ROOT/public/alice/index" "$T/scratch"
cp "$PUB"/alice/index/27.01.* "$ROOT/public/alice/index"
tree >"$T/before"
exits 0 "index" env TMPDIR="$T/scratch" "$AIRLOCK" \
    --root "$ROOT" index
is "$(head -n 1 "$T/out")" alice/index/27.01 "one that is newer, in public/"
like "$(cat "$T/out")" 'unheard/1  of 27.01$' "is verified and shown"
is "$(ls "$T/scratch")" "" "nothing is left of that"
exits 0 "search" airlock search unheard
like "$(cat "$T/out")" '^alice/pkg/unheard/1  of 27.01$' "it is found"
exits 0 "outdated" airlock outdated
like "$(cat "$T/out")" 'editor/.* 2028-01-01 \(index of alice' "it counts"
exits 0 "by its path" airlock index alice/index/27.01
echo more >>"$ROOT/public/alice/index/27.01.xz"
exits 4 "one that was tampered with" airlock index
like "$(cat "$T/err")" 'alice/index/27.01: untrusted' "is not shown, but told"
is "$(head -n 1 "$T/out")" alice/index/24.10 "the one that is installed is"
rm "$ROOT"/public/alice/index/27.01.xz.sig
exits 4 "one without its signature" airlock index
like "$(cat "$T/err")" 'alice/index/27.01: .* without its signature' "is not, either"
is "$(head -n 1 "$T/out")" alice/index/24.10 "the one that is installed is shown"
rm "$ROOT"/public/alice/index/27.01.*
tree >"$T/after"
ok "looking has changed nothing" sh -c 'grep -vF index/27.01 "$1" | cmp - "$2"' - \
    "$T/before" "$T/after"

# ---- catalogs ----

rm -f "$ROOT/depot/alice/index/99"
mkdir -p "$ROOT/state/catalogs"
# catalog_accepted USER OF PATH...: as if it had been accepted of USER.
catalog_accepted() {
	catalog=$ROOT/state/catalogs/$1
	printf 'airlock-catalog 1\nuser %s\nserial 1\ncreated 1\nexpires 2\n' \
	    "$2" >"$catalog"
	shift 2
	for path in "$@"; do
		echo "archive $path 100 200 2 $(printf '%064d' 7)"
		echo "needs zoe/raw/x/1"
	done >>"$catalog"
}
catalog_accepted alice alice alice/pkg/editor/2026-02-03 \
    alice/pkg/fromcatalog/1 alice/raw/font/0 alice/raw/font/3 alice/raw/fonts/9 \
    alice/src/fromcatalog/1
exits 0 "outdated" airlock outdated
is "$(grep font "$T/out")" "alice/raw/font/1  3 (catalog)" \
    "what a catalog lists that is newer"
exits 0 "search" airlock search fromcatalog
is "$(cat "$T/out")" alice/pkg/fromcatalog/1 \
    "what a catalog lists that has a name of its own"
exits 0 "search" airlock search editor
is "$(grep -c '/editor/2026-02-03' "$T/out")" 1 \
    "what index and catalog list is told once"
catalog_accepted alice bob alice/raw/font/4
exits 0 "another's catalog" airlock outdated
like "$(cat "$T/err")" 'catalogs/alice: this is not' "is not believed"
not "nor shown" grep font/4 "$T/out"
head -c 5000 /dev/urandom >"$ROOT/state/catalogs/alice"
exits 0 "noise" airlock outdated
rm "$ROOT/state/catalogs/alice"
ln -s /dev/zero "$ROOT/state/catalogs/alice"
exits 0 "a link" timeout 20 "$AIRLOCK" --root "$ROOT" search editor

done_testing
