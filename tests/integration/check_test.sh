#!/bin/sh
# What was installed and is not as it was: found, and named by its path; a
# manifest or a receipt that somebody changed is told apart from that.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
for name in plain other old; do
	text "alice/raw/$name/1" "of $name"
done
printf '<index/>\n' >"$T/index"
mkdir -p "$PUB/alice/index"
xz -c <"$T/index" >"$PUB/alice/index/1.xz"
sign alice "$PUB/alice/index/1.xz"

# All that an archive may hold.
mixed=$T/content/alice/raw/mixed/1.0
mkdir -p "$mixed/bin" "$mixed/a/b/c" "$mixed/empty" "$mixed/blank name"
echo '#!/bin/sh' >"$mixed/bin/tool"
chmod 755 "$mixed/bin/tool"
: >"$mixed/nothing"
echo deep >"$mixed/a/b/c/deep"
ln -s ../a/b "$mixed/bin/link"
ln "$mixed/a/b/c/deep" "$mixed/a/hard"
ln "$mixed/a/b/c/deep" "$mixed/z"
echo quiet >"$mixed/blank name/it's -- é"
head -c 300000 /dev/zero >"$mixed/zeros"
pack alice/raw/mixed/1.0 "$mixed"

web_start https
root_new alice
all='alice/raw/plain/1 alice/raw/other/1 alice/raw/mixed/1.0 alice/index/1'
# shellcheck disable=SC2086	# a list
exits 0 "installed" install $all
receipts=$ROOT/state/receipts
depot=$ROOT/depot/alice/raw/mixed/1.0

# finds STATUS TEXT EXPRESSION: what check finds in the mixed archive, sorted.
finds() {
	exits "$1" "$2: status" airlock check alice/raw/mixed/1.0
	is "$(sed '$d; s,^alice/raw/mixed/1.0,,' "$T/out" | sort)" "$3" "$2"
}
# mend: as it was.
mend() {
	rm -rf "$depot"
	cp -a "$T/kept" "$depot"
}

exits 0 "all is as installed" airlock check
is "$(cat "$T/out")" "4 archives, 300.1 kB: 4 as installed, 0 not, 0 unknown" \
    "and it says so"
cp -a "$depot" "$T/kept"

# ---- what has changed in an archive ----

echo x >>"$depot/bin/tool"
finds 4 "a longer file" "/bin/tool  changed"
mend
printf 'dEep\n' >"$depot/a/b/c/deep"
finds 4 "a file with three names" "/a/b/c/deep  changed
/a/hard  changed
/z  changed"
mend
printf x | dd of="$depot/zeros" bs=1 seek=299999 conv=notrunc 2>/dev/null
finds 4 "the last byte of a file" "/zeros  changed"
mend
touch -d 2020-01-01 "$depot/bin/tool"
finds 0 "a time alone is nothing" ""
cp "$depot/z" "$depot/y"
mv "$depot/y" "$depot/z"
finds 0 "a hard link that is a copy is the same" ""
chmod 4755 "$depot/bin/tool"
chmod 777 "$depot/empty"
finds 4 "modes" "/bin/tool  its mode changed to 4755
/empty  its mode changed to 0777"
mend
ln -sfn ../../../x "$depot/bin/link"
finds 4 "a link" "/bin/link  the link leads elsewhere"
mend
rm -r "$depot/a"
mkdir -p "$depot/new/dir"
: >"$depot/new/dir/file"
: >"$depot/empty/file"
finds 4 "a directory gone, and a new one" "/a  removed
/empty/file  added
/new  added"
mend
rm -r "$depot/a/b" "$depot/nothing" "$depot/zeros"
: >"$depot/a/b"
mkfifo "$depot/nothing"
ln -s z "$depot/zeros"
finds 4 "other things in their places" "/a/b  is something else now
/nothing  is something else now
/zeros  is something else now"
mend
rm -r "$depot"
finds 4 "all of it" "  removed"
ln -s "$T/kept" "$depot"
finds 4 "a link to a copy" "  is something else now"
rm "$depot"
mend
mv "$depot" "$depot.away"
mv "$depot.away" "$depot"
finds 0 "mended" ""
# A name that no archive can have is shown without harming a terminal.
: >"$depot/$(printf 'a\033[2Jb')"
exits 4 "a control sequence: status" airlock check alice/raw/mixed/1.0
not "and it is not written out" grep -q "$(printf '\033')" "$T/out"
mend

# ---- the manifest, and the receipt ----

manifest=$receipts/alice,raw,mixed,1.0@manifest
receipt=$receipts/alice,raw,mixed,1.0
cp -a "$manifest" "$T/manifest"
cp -a "$receipt" "$T/receipt"
echo x >>"$depot/bin/tool"
digest=$(sha256sum "$depot/bin/tool" | cut -d ' ' -f 1)
sed -i "s/^\\(f.*\\)	[0-9]*	[0-9a-f]*	bin.tool/\\1	12	$digest	bin\\/tool/" \
    "$manifest"
finds 4 "a changed manifest" \
    "  its manifest is not the one that its receipt names: one was changed"
cp -a "$T/manifest" "$manifest"
rm "$manifest"
finds 4 "no manifest" "  its manifest is gone"
mkdir "$manifest"
finds 4 "a directory in its place" "  its manifest is gone"
rmdir "$manifest"
cp -a "$T/manifest" "$manifest"
finds 4 "and the file itself" "/bin/tool  changed"
mend
sed -i 's/^manifest ./manifest 0/; s/^manifest 0\(.\)/manifest \10/' "$receipt"
sed -i 's/^\(manifest .\{64\}\).*/\1/' "$receipt"
finds 4 "a changed receipt" \
    "  its manifest is not the one that its receipt names: one was changed"
sed 's/^sha256 ./sha256 x/' "$T/receipt" >"$receipt"
finds 4 "a damaged receipt" "  its receipt is damaged"
cp "$receipts/alice,raw,plain,1" "$receipt"
finds 4 "another one's receipt" "  its receipt is damaged"
grep -v '^manifest' "$T/receipt" >"$receipt"
finds 1 "an old receipt, without a manifest" \
    "  installed without a manifest: nothing to compare with"
# A manifest of nonsense, under its own digest.
for text in 'airlock-manifest 2' 'airlock-manifest 1
d	0755	-	-	.
d	0755	-	-	.' 'airlock-manifest 1
h	-	-	b	a
h	-	-	a	b' 'airlock-manifest 1
d	0755	-	-	../x' 'airlock-manifest 1
d	0755	-	-	a
unfinished'; do
	printf '%s\n' "$text" >"$manifest"
	sed "s/^manifest .*/manifest $(sha256sum "$manifest" |
	    cut -d ' ' -f 1)/" "$T/receipt" >"$receipt"
	finds 4 "a manifest that is none" "  its manifest cannot be read"
done
cp -a "$T/manifest" "$manifest"
cp -a "$T/receipt" "$receipt"

# ---- what is kept packed ----

exits 0 "packed archives as well" airlock check --packed
echo x >>"$ROOT/public/alice/raw/mixed/1.0.tar.xz"
finds 0 "not asked for" ""
exits 4 "a changed one: status" airlock check --packed
like "$(cat "$T/out")" \
    '^alice/raw/mixed/1.0  in public/ lies another archive' "and it is named"

# ---- all at once; for programs; what is not there ----

mkdir -p "$ROOT/depot/alice/raw/own/1"
echo x >>"$ROOT/depot/alice/index/1"
rm "$ROOT/depot/alice/raw/other/1/content"
exits 4 "several" airlock --json check
is "$(grep -o '"event":"finding".*' "$T/out" | sort)" \
'"event":"finding","path":"alice/index/1","finding":"changed","where":"."}
"event":"finding","path":"alice/raw/other/1","finding":"removed","where":"content"}
"event":"finding","path":"alice/raw/own/1","finding":"foreign"}' "findings"
is "$(sed -n 's/.*"event":"check","path":"\([^"]*\)","result":"\([^"]*\)".*/\1 \2/p' \
    "$T/out" | sort)" "alice/index/1 differs
alice/raw/mixed/1.0 good
alice/raw/other/1 differs
alice/raw/own/1 foreign
alice/raw/plain/1 good" "results"
like "$(tail -n 1 "$T/out")" \
    '"event":"checked","archives":5,"good":2,"differs":2,"unknown":0,"foreign":1' \
    "the sum"
exits 0 "the others" airlock check alice/raw/plain/1 alice/raw/mixed/1.0
exits 3 "what is not installed" airlock check alice/raw/no/1
exits 2 "what is no path" airlock check alice/raw
exits 1 "what airlock did not install, by name" airlock check alice/raw/own/1
exits 4 "quietly" airlock --quiet check
is "$(wc -l <"$T/out")" 2 "only what is wrong"

# ---- with its archive a manifest goes ----

: >"$receipts/alice,raw,never,1@manifest"
exits 0 "remove" airlock remove alice/raw/plain/1
is "$(find "$receipts" -name "*plain*")" "" "no receipt and no manifest is left"
exits 0 "gc" airlock gc
like "$(cat "$T/out")" 'state/receipts/alice,raw,never,1@manifest: removed' \
    "a manifest without a receipt is waste"
ok "no other one is" [ -e "$manifest" ]
done_testing
