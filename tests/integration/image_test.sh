#!/bin/sh
# Images, in the forms that they come in: unpacked, or verified and kept.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text alice/image/os-1 "a kernel"
text alice/raw/data/1 "data"
printf 'a disk\n' | xz -c >"$PUB/alice/image/os-1.img.xz"
printf 'no zip at all: nobody opens it\n' >"$PUB/alice/image/os-1.zip"
sign alice "$PUB/alice/image/os-1.img.xz"
sign alice "$PUB/alice/image/os-1.zip"
web_start https

# kept FORM: that form of it lies in ROOT/public as it is served.
kept() {
	cmp "$PUB/alice/image/os-1.$1" "$ROOT/public/alice/image/os-1.$1" &&
	cmp "$PUB/alice/image/os-1.$1.sig" \
	    "$ROOT/public/alice/image/os-1.$1.sig"
}

root_new alice
exits 0 "an image" install alice/image/os-1
ok "is unpacked" installed alice/image/os-1

root_new alice
for form in img.xz zip; do
	exits 0 "as $form" install --json --format $form alice/image/os-1
	is "$(result alice/image/os-1)" "kept installed" "$form: kept"
	ok "$form: in public/" kept $form
done
is "$(requests 'tar\.xz')" 2 "nothing else was asked for"
not "nothing is unpacked" [ -e "$ROOT/depot/alice/image" ]
is "$(airlock list)" "" "nothing is installed"
is "$(find "$ROOT/state/receipts" -type f)" "" "nor has a receipt"
ok "nothing left over" nothing_left
exits 0 "gc" airlock gc
ok "leaves it alone" kept zip
exits 0 "the depot's form beside them" install alice/image/os-1 \
    --format tar.xz
ok "is unpacked" installed alice/image/os-1

: >"$T/web/access.log"
exits 0 "again" install --offline --format zip alice/image/os-1
is "$(requests .)" 0 "nobody was asked"
echo more >>"$ROOT/public/alice/image/os-1.zip"
exits 4 "one that was changed" install --offline --format zip \
    alice/image/os-1
exits 0 "is fetched again" install --format zip alice/image/os-1
ok "as it was" kept zip
exits 0 "--dry-run" install --dry-run --format zip alice/image/os-1
like "$(cat "$T/out")" '^alice/image/os-1: would be kept$' "would be kept"

echo more >>"$PUB/alice/image/os-1.zip"
root_new alice
exits 4 "one that was tampered with" airlock --json install --ca "$CA" \
    --format zip alice/image/os-1
is "$(result alice/image/os-1)" "failed bad-signature" "the reason"
sign bob "$PUB/alice/image/os-1.zip"
exits 4 "one that another has signed" install --format zip alice/image/os-1
rm "$PUB/alice/image/os-1.zip.sig"
exits 4 "one that nobody has" install --format zip alice/image/os-1
rm "$PUB/alice/image/os-1.zip"
exits 3 "one that is not there" install --format zip alice/image/os-1
is "$(find "$ROOT/public" -type f)" "" "none of them is kept"
ok "nothing left over" nothing_left

exits 2 "a form that there is not" install --format iso alice/image/os-1
exits 2 "a form of something else" install --format zip alice/raw/data/1
exits 0 "a mirror" airlock mirror alice "$T/mirror" --ca "$CA" \
    --format img.xz alice/image/os-1
ok "has it, too" cmp "$T/mirror/alice/image/os-1.img.xz" \
    "$PUB/alice/image/os-1.img.xz"

done_testing
