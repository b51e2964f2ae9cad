#!/bin/sh
# airlock mirror: what a publisher serves, copied where there is no network, each
# file verified; and install from there.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text "alice/bin/$ARCH/editor/2" "an editor"
text alice/src/editor/2 "its source"
text alice/raw/font/1 "a font"
text alice/raw/alone/1 "in no index"
text bob/raw/icons/7 "icons"
pkg alice/pkg/base/1 alice/raw/font/1 bob/raw/icons/7
pkg alice/pkg/editor/2 alice/src/editor/2 alice/pkg/base/1

# index_serve VERSION PATH...: alice's, that lists these.
index_serve() {
	index=$PUB/alice/index/$1.xz
	shift
	mkdir -p "${index%/*}" &&
	{
		echo index
		printf '+ pkg %s\n' "$@"
		echo -
	} | xz -c >"$index" && sign alice "$index"
}
index_serve 26.04 alice/pkg/base/1
web_start https

M=$T/mirror
mirror() {
	airlock mirror alice "$M" --ca "$CA" --arch "$ARCH" "$@"
}

# mirrored: the archives that lie in $M, on one line; each is as it is served,
# with its signature.
mirrored() {
	(cd "$M" && find . -path ./.airlock -prune -o -name '*.xz' -print |
	    sort | while read -r file; do
		cmp "$file" "$PUB/$file" && cmp "$file.sig" "$PUB/$file.sig"
		echo "${file#./}" | sed 's/\(\.tar\)\?\.xz$//'
	done) | xargs
}

root_new alice bob
exits 3 "neither a catalog nor an index" mirror
like "$(cat "$T/err")" 'no catalog, and no index is known' "said so"
exits 0 "an index" mirror alice/index/26.04
is "$(mirrored)" \
    "alice/index/26.04 alice/pkg/base/1 alice/raw/font/1 bob/raw/icons/7" \
    "with what it lists, and what that needs, of whomever"
ok "alice's key lies beside" cmp "$M/alice/pubkey" "$ROOT/depot/alice/pubkey"
is "$(airlock list)" "" "nothing is installed"
is "$(find "$ROOT/depot" "$ROOT/public" -type f 2>/dev/null | wc -l)" 4 \
    "nor left in the depot"
is "$(find "$M" -path "$M/.airlock" -prune -o -type f ! -perm 644 -print)" "" \
    "readable for a web server"
is "$(stat -c %a "$M/.airlock")" 700 "but for what airlock remembers"

: >"$T/web/access.log"
exits 0 "again" mirror --json
is "$(sed -n 's/.*"path":"\([^"]*\)","result":"\([a-z]*\)".*/\1 \2/p' \
    "$T/out" | sort)" "alice/index/26.04 kept
alice/pkg/base/1 present
alice/raw/font/1 present
bob/raw/icons/7 present" "only the index is fetched: it may have changed"
is "$(requests '\.tar\.xz')" 0 "nothing else was asked for"

# What is new, what is lost, and what was cut off.
index_serve 26.04 alice/pkg/base/1 alice/pkg/editor/2
rm "$M/bob/raw/icons/7.tar.xz" "$M/alice/pkg/base/1.tar.xz.sig"
exits 0 "again, with a new package" mirror
all="alice/bin/$ARCH/editor/2 alice/index/26.04 alice/pkg/base/1 alice/pkg/editor/2 alice/raw/font/1 bob/raw/icons/7"
is "$(mirrored)" "$all" "all is there, the new index, too"
rm -rf "$M/.airlock"
exits 0 "without what it remembers" mirror alice/index/26.04
is "$(mirrored)" "$all" "all is there"
is "$(requests 'GET /alice/raw/font/1.tar.xz 200')" 0 "and is not fetched again"
exits 0 "a path, with sources" mirror --source alice/pkg/editor/2 \
    alice/raw/alone/1
is "$(mirrored)" "$(echo "$all alice/raw/alone/1 alice/src/editor/2" |
    tr ' ' '\n' | sort | xargs)" "are added"
exits 2 "no path" mirror alice/raw
exits 2 "no user" airlock mirror ../alice "$M" alice/index/26.04
exits 4 "a user without a key" airlock mirror carol "$M" carol/raw/x/1 \
    --url "$URL" --ca "$CA"

# ---- where there is no network ----

web_stop
offline=$T/offline
root_new alice bob
cp -r "$M" "$offline"
rm -rf "$offline/.airlock" "$ROOT/public"
cp -r "$offline" "$ROOT/public"
exits 0 "install --offline" install --offline alice/index/26.04 \
    alice/pkg/editor/2
ok "a package" installed alice/pkg/editor/2
ok "and what another publisher has" installed bob/raw/icons/7
chmod 755 "$T"
URL=file://$offline
root_new alice bob
exits 0 "a directory as its publishers' origin" install alice/pkg/editor/2
ok "serves as well" installed bob/raw/icons/7

# ---- with a catalog ----

MINE=$T/mine
"$AIRLOCK" --quiet --root "$MINE" create alice/raw/first/1 \
    "$T/content/alice/raw/font/1"
"$AIRLOCK" --quiet --root "$MINE" create alice/pkg/both/1 \
    "$T/content/alice/pkg/base/1"
"$AIRLOCK" --quiet --root "$MINE" create alice/raw/font/1 \
    "$T/content/alice/raw/font/1"
exits 0 "publish" "$AIRLOCK" --root "$MINE" publish alice/raw/first/1 \
    alice/pkg/both/1 --key alice@example.org
cp -r "$PUB/bob" "$MINE/public"
served=$PUB
PUB=$MINE/public
web_start https
root_new alice bob
M=$T/whole
exits 0 "all that a catalog lists" mirror
is "$(mirrored)" "alice/catalog alice/pkg/both/1 alice/raw/first/1 alice/raw/font/1 bob/raw/icons/7" \
    "and what that needs, with the catalog, each with its signature"
: >"$T/web/access.log"
exits 0 "again" mirror
is "$(requests '\.tar\.xz')" 0 "only the catalog is asked for"
"$AIRLOCK" --quiet --root "$MINE" create alice/raw/first/2 \
    "$T/content/alice/raw/font/1"
"$AIRLOCK" --quiet --root "$MINE" publish alice/raw/first/2
exits 0 "when there is something new" mirror
is "$(requests '\.tar\.xz 200')" 1 "that is fetched"
like "$(mirrored)" 'alice/raw/first/2' "and is there"
web_stop
root_new alice bob
rm -rf "$ROOT/public"
cp -r "$M" "$ROOT/public"
rm -rf "$ROOT/public/.airlock"
exits 0 "install --offline" install --offline alice/pkg/both/1
ok "is there" [ -e "$ROOT/depot/bob/raw/icons/7/content" ]
is "$(sed -n 's/^binding //p' \
    "$ROOT/state/receipts/alice,pkg,both,1")" catalog "by its catalog"
PUB=$served

# ---- what is not what it should be ----

web_start https
text alice/raw/bad/1 "tampered with"
echo more >>"$PUB/alice/raw/bad/1.tar.xz"
text alice/raw/theirs/1 "signed by another"
sign bob "$PUB/alice/raw/theirs/1.tar.xz"
text alice/raw/unsigned/1 "unsigned"
rm "$PUB/alice/raw/unsigned/1.tar.xz.sig"
pkg alice/pkg/bad/1 alice/raw/bad/1 alice/raw/font/1 alice/raw/gone/1 \
    alice/raw/theirs/1 alice/raw/unsigned/1
root_new alice bob
M=$T/other
exits 4 "some of it" airlock --json mirror alice "$M" --ca "$CA" \
    alice/pkg/bad/1
is "$(results)" "alice/pkg/bad/1 kept installed
alice/raw/bad/1 failed bad-signature
alice/raw/font/1 kept installed
alice/raw/gone/1 failed not-found
alice/raw/theirs/1 failed other-key
alice/raw/unsigned/1 failed no-signature" "each with its reason"
is "$(mirrored)" "alice/pkg/bad/1 alice/raw/font/1" "only what is good"
is "$(find "$M/.airlock/public/.airlock" -type f)" "" "nothing is left"
is "$(find "$M" -name bad -path '*raw*')" "" "nor a directory"

# From elsewhere, and cut off.
noise alice/raw/large/1 6
M=$T/cut
mkdir "$T/elsewhere"
cp -r "$PUB/alice" "$T/elsewhere"
exits 0 "--url" mirror --url "file://$T/elsewhere" alice/raw/font/1
is "$(mirrored)" alice/raw/font/1 "is where it is taken from"
is "$(cat "$ROOT/depot/alice/download")" "$URL" "this time"
web_start https 'limit_rate 2m;'
know alice "$URL"
env --default-signal=INT "$AIRLOCK" --root "$ROOT" mirror alice "$M" \
    --ca "$CA" alice/raw/large/1 >"$T/run" 2>&1 &
run=$!
at_end "kill $run"
tries=100
while [ $tries -gt 0 ] && [ -z "$(find "$M/.airlock" -size +1024k)" ]; do
	tries=$((tries - 1))
	sleep 0.05
done
kill -INT $run
install_wait
is "$status" 130 "interrupted"
is "$(mirrored)" alice/raw/font/1 "nothing is seen of half an archive"
web_start https
know alice "$URL"
exits 0 "again" mirror alice/raw/large/1
is "$(mirrored)" "alice/raw/font/1 alice/raw/large/1" "is all there"

done_testing
