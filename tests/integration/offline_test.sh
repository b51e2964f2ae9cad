#!/bin/sh
# What lies in public/ is verified and installed without any network.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
text alice/raw/data/1 "data"
text alice/raw/other/1 "other"
pkg alice/pkg/all/1 alice/raw/data/1
web_start https
root_new alice
cp -r "$PUB" "$ROOT/public.new"
rm -rf "$ROOT/public"
mv "$ROOT/public.new" "$ROOT/public"
rm "$ROOT"/public/alice/raw/other/1.tar.xz*

exits 0 "offline" install --offline alice/pkg/all/1
ok "installed" installed alice/raw/data/1
exits 3 "offline, but not there" airlock --json install --offline \
    alice/raw/other/1
is "$(result alice/raw/other/1)" "failed offline" "the reason"
is "$(requests .)" 0 "nobody was asked"

root_new alice
mkdir -p "$ROOT/public/alice/raw/data"
cp "$PUB/alice/raw/data/1.tar.xz.sig" "$ROOT/public/alice/raw/data/"
{ cat "$PUB/alice/raw/data/1.tar.xz"; echo more; } \
    >"$ROOT/public/alice/raw/data/1.tar.xz"
exits 4 "offline, tampered with" airlock --json install --offline \
    alice/raw/data/1
is "$(result alice/raw/data/1)" "failed bad-signature" "the reason"
ok "not installed" absent alice/raw/data/1

done_testing
