#!/bin/sh
# From a directory to a signed archive that installs again: create, publish, and
# what both refuse.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob

# mine COMMAND...: on the publisher's depot.
MINE=$T/mine
mine() {
	"$AIRLOCK" --root "$MINE" "$@"
}
public=$MINE/public

# ---- a directory, an archive, a signature ----

site=$T/content/alice/raw/website/2026-11-21
mkdir -p "$site/css" "$site/empty"
echo '<h1>hello</h1>' >"$site/index.html"
echo 'h1 { color: red }' >"$site/css/style.css"
ln -s css/style.css "$site/style"
printf '#!/bin/sh\n' >"$site/update"
chmod 4711 "$site/update"
chmod 600 "$site/css/style.css"
: >"$site/nothing"
exits 0 "create" mine create alice/raw/website/2026-11-21 "$site"
is "$(stat -c %a "$MINE/depot/alice/raw/website/2026-11-21/update")" 755 \
    "modes are made plain"
exits 1 "what is there is not replaced" \
    mine create alice/raw/website/2026-11-21 "$site"
exits 4 "no key is known yet" mine publish alice/raw/website/2026-11-21
exits 0 "publish" mine publish alice/raw/website/2026-11-21 \
    --key alice@example.org
archive=$public/alice/raw/website/2026-11-21.tar.xz
ok "its signature" gpg --batch --verify "$archive.sig" "$archive"
ok "xz takes it" xz -t "$archive"
mkdir "$T/tar"
ok "GNU tar takes it" tar -C "$T/tar" -xf "$archive"
chmod 644 "$site/css/style.css"
ok "and unpacks what was packed" diff -r --no-dereference "$site" \
    "$T/tar/2026-11-21"
ok "the public key lies beside" cmp "$MINE/depot/alice/pubkey" \
    "$public/alice/pubkey"

# ---- installed again ----

tls_new
chmod 755 "$T" "$MINE"
PUB=$public URL=file://$public
cp "$public/alice/pubkey" "$KEYS/alice.asc"
root_new alice
exits 0 "it installs" install alice/raw/website/2026-11-21
ok "as it was" installed alice/raw/website/2026-11-21

done_testing
