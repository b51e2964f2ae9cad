#!/bin/sh
# The whole job, from each kind of server: fetched, verified, unpacked, with
# dependencies, and found as it was packed.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text alice/raw/data/1 "some data"
text alice/bin/$ARCH/hello/2024-02-29 "not for another architecture"
text bob/raw/fonts/1.0-2 "of somebody else"
noise alice/raw/noise/3 3

# What a directory may have: modes, links, empty files, depth, odd names.
mixed=$T/content/alice/raw/mixed/1
mkdir -p "$mixed/bin" "$mixed/a/b/c/d" "$mixed/empty" "$mixed/blank name"
echo '#!/bin/sh' >"$mixed/bin/tool"
chmod 755 "$mixed/bin/tool"
: >"$mixed/nothing"
echo deep >"$mixed/a/b/c/d/deep"
ln -s ../a/b "$mixed/bin/link"
ln "$mixed/a/b/c/d/deep" "$mixed/a/hard"
echo quiet >"$mixed/blank name/it's"
pack alice/raw/mixed/1 "$mixed"

pkg bob/pkg/tools/1 bob/raw/fonts/1.0-2 alice/pkg/everything/2026-01-01
pkg alice/pkg/everything/2026-01-01 alice/raw/data/1 '' \
    alice/src/hello/2024-02-29 alice/raw/noise/3 alice/raw/mixed/1 \
    bob/pkg/tools/1 alice/pkg/everything/2026-01-01
all="alice/pkg/everything/2026-01-01 alice/raw/data/1
    alice/bin/$ARCH/hello/2024-02-29 alice/raw/noise/3 alice/raw/mixed/1
    bob/pkg/tools/1 bob/raw/fonts/1.0-2"

# everything_from NAME: install from $URL, which a NAME serves.
everything_from() {
	root_new alice bob
	exits 0 "$1: installed" airlock --json install --ca "$CA" \
	    --arch "$ARCH" alice/pkg/everything/2026-01-01
	is "$(results | grep -c ' installed installed$')" 7 \
	    "$1: seven results that say so"
	for path in $all; do
		ok "$1: $path" installed "$path"
	done
	ok "$1: nothing left over" nothing_left
}

web_start https
everything_from https
is "$(requests ' 200 HTTP/1.1 ')" 14 "https: one request an archive, one a signature"

ok "what was fetched is kept" cmp \
    "$PUB/alice/raw/noise/3.tar.xz" "$ROOT/public/alice/raw/noise/3.tar.xz"
ok "and its signature" cmp \
    "$PUB/alice/raw/noise/3.tar.xz.sig" "$ROOT/public/alice/raw/noise/3.tar.xz.sig"
ok "a tool is executable" [ -x "$ROOT/depot/alice/raw/mixed/1/bin/tool" ]
is "$(find "$ROOT/depot" ! -uid "$(id -u)")" "" "all is the user's"
is "$(find "$ROOT/depot" -perm /6022 ! -type l)" "" \
    "nothing is writable for others, nothing setuid"
is "$(airlock list | grep -c /)" 7 "list shows seven"
for path in $all; do
	receipt=$(grep -rl "$path" "$ROOT/state" | head -n 1)
	ok "$path has a receipt" [ -n "$receipt" ]
done

: >"$T/web/access.log"
before=$(tree)
exits 0 "installed again" airlock --json install --ca "$CA" --arch $ARCH \
    alice/pkg/everything/2026-01-01
is "$(results | grep -c ' present present$')" 7 "all seven are present"
is "$(requests .)" 0 "and nothing is fetched for that"
is "$(tree)" "$before" "or changed"

root_new alice bob
exits 0 "a dry run" airlock --json install --dry-run --ca "$CA" \
    alice/raw/data/1
is "$(find "$ROOT/depot/alice/raw" "$ROOT/public" -type f 2>/dev/null)" "" \
    "a dry run installs nothing"

web_start http2
everything_from http2
is "$(requests ' 200 HTTP/2.0 ')" 14 "http2: all by HTTP/2"

web_start http
everything_from http

web_stop
URL=file://$PUB
everything_from "file:"

done_testing
