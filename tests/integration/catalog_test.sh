#!/bin/sh
# What a publisher's catalog is worth to who installs: one signature for all, no
# exchange, no rollback, no freeze; and each kind of bad catalog.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob

# mine COMMAND...: on the publishers' depot, whose public directory is served.
MINE=$T/mine
mine() {
	"$AIRLOCK" --quiet --root "$MINE" "$@"
}
PUB=$MINE/public

# content PATH NAME=LINES...: an archive of small files.
content() {
	dir=$T/content/$1
	path=$1
	shift
	mkdir -p "$dir"
	for file in "$@"; do
		printf '%b\n' "${file#*=}" >"$dir/${file%%=*}"
	done
	mine create "$path" "$dir"
}

# signed USER NAME PATH: public/NAME is signed as PATH.
signed() {
	gpg --batch --quiet --yes --digest-algo SHA256 \
	    --local-user "=$1 <$1@example.org>" \
	    --set-notation "path@airlock.alt=$3" --detach-sign \
	    --output "$PUB/$2.sig" "$PUB/$2"
}

# edit SED: alice's catalog, edited by it and signed again.
edit() {
	xz -dc "$T/good.xz" | sed "$1" | xz >"$PUB/alice/catalog.xz"
	signed alice alice/catalog.xz alice/catalog
}

# save, restore: alice's public directory.
save() {
	rm -rf "$T/saved"
	cp -a "$PUB" "$T/saved"
	cp "$PUB/alice/catalog.xz" "$T/good.xz"
}
restore() {
	cp -a "$T/saved/." "$PUB"
}

# receipt PATH WORD: what the receipt says.
receipt() {
	sed -n "s/^$2 //p" "$ROOT/state/receipts/$(echo "$1" | tr / ,)"
}

content alice/raw/fonts/1 font=x
content alice/raw/icons/1 icon=y
content alice/pkg/base/1 README=x "archives=alice/raw/fonts/1"
content alice/pkg/all/1 README=x \
    "archives=alice/pkg/base/1\nalice/raw/icons/1\nbob/raw/theme/1"
content bob/raw/theme/1 theme=z
content alice/raw/more/1 more=x
ok "published" mine publish alice/pkg/all/1 alice/raw/more/1 \
    --key alice@example.org
ok "bob, without a catalog" mine publish --no-catalog bob/raw/theme/1 \
    --key bob@example.org
cp "$PUB/alice/pubkey" "$KEYS/alice.asc"
cp "$PUB/bob/pubkey" "$KEYS/bob.asc"
chmod 755 "$T" "$MINE"
save
tls_new
web_start http
root_new alice bob

# ---- one signature for all ----

exits 0 "install" install --json alice/pkg/all/1
like "$(head -n 1 "$T/out")" \
    '"event":"catalog","path":"alice/catalog","serial":1,"created":' \
    "the catalog comes first"
for path in alice/pkg/all/1 alice/pkg/base/1 alice/raw/fonts/1 \
    alice/raw/icons/1 bob/raw/theme/1; do
	ok "$path is there" installed "$path"
done
is "$(requests 'GET /alice/.*\.sig ')" 1 "one signature was fetched of alice"
is "$(requests 'GET /bob/.*\.sig ')" 2 "bob has none: each archive's own"
is "$(receipt alice/raw/fonts/1 binding)" catalog "the receipt says so"
is "$(receipt alice/raw/fonts/1 catalog-serial)" 1 "and names its serial"
is "$(receipt alice/raw/fonts/1 exceptions)$(receipt bob/raw/theme/1 exceptions)" \
    "" "and of no exception"
is "$(cat "$ROOT/state/serials/alice")" 1 "its serial is remembered"
ok "its text" sh -c 'xz -dc "$1" | cmp - "$2"' sh "$PUB/alice/catalog.xz" \
    "$ROOT/state/catalogs/alice"
ok "and the file" cmp "$PUB/alice/catalog.xz" "$ROOT/public/alice/catalog.xz"
ok "of bob nothing" [ ! -e "$ROOT/state/serials/bob" ]
ok "nothing is left" nothing_left
is "$(find "$ROOT/depot" "$ROOT/state/receipts" -name '*catalog*')" "" \
    "a catalog is not installed"
exits 0 "once more" install alice/pkg/all/1
is "$(requests 'catalog')" 4 "fetches nothing"

# ---- offline, and with a server that is gone ----

rm -r "$ROOT"/depot/alice/raw/fonts "$ROOT"/state/receipts/alice,raw,fonts*
exits 0 "offline" install --offline alice/raw/fonts/1
ok "by the catalog in public/" installed alice/raw/fonts/1
is "$(receipt alice/raw/fonts/1 binding)" catalog "which the receipt names"
web_stop
rm -r "$ROOT"/depot/alice/raw/fonts "$ROOT"/state/receipts/alice,raw,fonts*
exits 0 "without a server" install --retries 0 alice/raw/fonts/1
ok "the last one counts" installed alice/raw/fonts/1
web_start http
know alice "$URL"
know bob "$URL"

# ---- what it lists, and what not ----

rm -rf "$ROOT/state/catalogs/bob"
is "$(install --dry-run alice/raw/more/1 | head -n 1)" \
    "alice/raw/more/1: would be installed" "a dry run knows it"
rm -r "$ROOT"/depot/alice/pkg "$ROOT"/state/receipts/alice,pkg*
is "$(install --json --dry-run alice/pkg/all/1 >"$T/out"; results | cut -d' ' -f1,2)" \
    "alice/pkg/all/1 dry-run
alice/pkg/base/1 dry-run
alice/raw/fonts/1 present
alice/raw/icons/1 present
bob/raw/theme/1 present" "and what it needs"
content alice/raw/late/1 late=x
mine publish --no-catalog alice/raw/late/1
exits 4 "an archive that is not listed" install --json alice/raw/late/1
is "$(result alice/raw/late/1)" "failed unlisted" "is refused"
exits 0 "--allow-unlisted" install --allow-unlisted alice/raw/late/1
is "$(receipt alice/raw/late/1 exceptions) $(receipt alice/raw/late/1 binding)" \
    "unlisted signature" "goes by its own signature"

exits 0 "show" airlock show alice/raw/more/1
like "$(cat "$T/out")" 'listed: not installed' "knows what is listed"
exits 3 "and nothing else" airlock show alice/raw/none/1

# ---- exchanged ----

# Correctly signed archives of one publisher, each under the other's name.
swap() {
	cp "$T/saved/alice/raw/fonts/1.tar.xz$1" \
	    "$PUB/alice/raw/icons/1.tar.xz$1"
	cp "$T/saved/alice/raw/icons/1.tar.xz$1" \
	    "$PUB/alice/raw/fonts/1.tar.xz$1"
}
swap ''
swap .sig
root_new alice bob
exits 4 "two archives are exchanged" install --json alice/pkg/all/1
is "$(result alice/raw/fonts/1)" "failed other-content" "the one"
is "$(result alice/raw/icons/1)" "failed other-content" "the other"
ok "neither is there" absent alice/raw/fonts/1
ok "nothing is left" nothing_left
restore
content alice/raw/fonts/2 font=new
mine publish alice/raw/fonts/2
save
# What was version 1, signed for any path, is served as version 2.
mkdir -p "$T/old/2"
echo x >"$T/old/2/font"
tar -C "$T/old" -cf - 2 | xz >"$PUB/alice/raw/fonts/2.tar.xz"
sign alice "$PUB/alice/raw/fonts/2.tar.xz"
exits 4 "an old one is served as new" install --json alice/raw/fonts/2
is "$(result alice/raw/fonts/2)" "failed other-content" "is refused"
restore

# ---- rollback, freeze, and none at all ----

root_new alice bob
exits 0 "the newest catalog" install alice/raw/fonts/2
is "$(cat "$ROOT/state/serials/alice")" 2 "has serial 2"
edit '/fonts\/2/d; s/^serial .*/serial 1/'
exits 4 "an older one" install --json alice/raw/icons/1
is "$(result alice/catalog)" "failed rollback" "is refused"
is "$(result alice/raw/icons/1)" "failed no-catalog" "with its archives"
exits 4 "for people" install alice/raw/icons/1
like "$(cat "$T/err")" '^airlock: alice/catalog: untrusted: the catalog is older than one that was accepted before; source: http://localhost:' \
    "named, with its source"
like "$(cat "$T/err")" 'allow-rollback accepts it' "and what to do"
is "$(cat "$ROOT/state/serials/alice") $(sed -n 's/^serial //p' "$ROOT/state/catalogs/alice")" \
    "2 2" "nothing of it is remembered"
exits 0 "--allow-rollback" install --allow-rollback alice/raw/icons/1
is "$(receipt alice/raw/icons/1 exceptions)" rollback "is noted"
is "$(cat "$ROOT/state/serials/alice")" 2 "and is for once"
exits 4 "not for ever" install alice/raw/fonts/1

# A mirror that is behind: the next one has the newest.
cp -a "$T/saved" "$PUB/behind"
root_new
"$AIRLOCK" --root "$ROOT" user add alice --key "$KEYS/alice.asc" \
    --url "$URL" >/dev/null 2>&1
mkdir -p "$ROOT/state/serials"
echo 2 >"$ROOT/state/serials/alice"
echo "$URL/behind" >>"$ROOT/depot/alice/download"
exits 0 "an origin that is behind its mirror" install alice/raw/icons/1
is "$(cat "$ROOT/state/serials/alice") $(receipt alice/raw/icons/1 exceptions)" \
    "2 " "the mirror's counts"
rm -r "$PUB/behind"

root_new alice bob
mine publish alice/catalog
install --quiet alice/raw/icons/1
edit "s/^created .*/created $(($(date +%s) - 200))/
    s/^expires .*/expires $(($(date +%s) - 100))/; s/^serial.*/serial 8/"
exits 4 "an expired one" install --json alice/raw/fonts/1
is "$(result alice/catalog)" "failed frozen" "is refused"
is "$(cat "$ROOT/state/serials/alice")" 2 "its serial is not remembered"
exits 0 "--allow-expired" install --allow-expired alice/raw/fonts/1
is "$(receipt alice/raw/fonts/1 exceptions)" expired "is noted"
is "$(cat "$ROOT/state/serials/alice")" 8 "with its serial, since it was accepted"
exits 0 "what is there is there" install alice/raw/fonts/1
exits 4 "offline it is as expired" install --offline alice/raw/fonts/2

restore
root_new alice bob
install --quiet alice/raw/icons/1
rm "$PUB/alice/catalog.xz" "$PUB/alice/catalog.xz.sig"
exits 4 "none any more" install --json alice/raw/fonts/1
is "$(result alice/catalog)" "failed withheld" "is refused"
exits 0 "--allow-rollback" install --allow-rollback alice/raw/fonts/1
is "$(receipt alice/raw/fonts/1 exceptions) $(receipt alice/raw/fonts/1 binding)" \
    "no-catalog signature" "does without, noted"
rm "$ROOT"/public/alice/catalog.xz
exits 3 "nor offline" install --offline --json alice/raw/more/1
restore
rm "$PUB/alice/catalog.xz.sig"
exits 4 "without its signature" install --json alice/raw/more/1
is "$(result alice/catalog)" "failed withheld" "it is none"
root_new alice
exits 0 "who never saw one cannot know" install alice/raw/more/1
restore
exits 0 "and uses the next one" install alice/raw/fonts/1
is "$(receipt alice/raw/fonts/1 binding)" catalog "from then on"
exits 0 "to renew it alone" install --json alice/catalog
is "$(result alice/catalog)" "installed installed" "it is named"

exits 0 "a publisher is forgotten" airlock user remove --force alice
ok "with the catalog" sh -c '! ls "$1"/state/*/alice 2>/dev/null' sh "$ROOT"

# ---- bad catalogs, well signed ----

# bad REASON TEXT: the catalog that is served now.
bad() {
	root_new alice bob
	exits 4 "$2" install --json alice/raw/fonts/1
	is "$(result alice/catalog)" "failed $1" "$2: is refused"
	ok "$2: nothing is kept" sh -c '! ls "$1"/state/catalogs/alice \
	    "$1"/state/serials/alice "$1"/public/alice/catalog.xz 2>/dev/null' \
	    sh "$ROOT"
	ok "$2: nothing is installed" absent alice/raw/fonts/1
	ok "$2: nothing is left" nothing_left
}
edit '/icons/{h;d}; $G'
bad catalog "an archive out of order"
edit '/icons/p'
bad catalog "an archive twice"
edit 's,^archive alice/raw/icons,archive bob/raw/icons,'
bad catalog "another user's archive"
edit 's/^user alice/user bob/'
bad catalog "another user's catalog"
edit '/icons/s/[0-9a-f]\{60\}$//'
bad catalog "a digest that is cut"
edit 's/^needs .*/needs nothing/'
bad catalog "a need that is no path"
edit 's/^airlock-catalog 1/airlock-catalog 2/'
bad catalog "another version"
edit '$s/$/\nnote/'
bad catalog "a line of another kind"
edit 's/^archive /archive  /'
bad catalog "blanks"
edit 's/^serial .*/serial 0/'
bad catalog "no serial"
xz -dc "$T/good.xz" | head -c -1 | xz >"$PUB/alice/catalog.xz"
signed alice alice/catalog.xz alice/catalog
bad catalog "a last line without an end"
: | xz >"$PUB/alice/catalog.xz"
signed alice alice/catalog.xz alice/catalog
bad empty "an empty one"
head -c 60 "$T/good.xz" >"$PUB/alice/catalog.xz"
signed alice alice/catalog.xz alice/catalog
bad corrupt "one that is cut"
{ xz -dc "$T/good.xz"; head -c 60M /dev/zero; } | xz >"$PUB/alice/catalog.xz"
signed alice alice/catalog.xz alice/catalog
bad ratio "one that unpacks to too much"
cp "$T/good.xz" "$PUB/alice/catalog.xz"
signed alice alice/catalog.xz alice/raw/fonts/1
bad other-path "one that is signed as something else"
sign alice "$PUB/alice/catalog.xz"
bad unbound "one that is signed as nothing"
signed bob alice/catalog.xz alice/catalog
bad other-key "one that bob signed"
signed alice alice/catalog.xz alice/catalog
printf x >>"$PUB/alice/catalog.xz"
bad bad-signature "one byte more"
restore

# ---- lies about archives ----

# lies REASON TEXT SED: of alice/raw/fonts/1.
lies() {
	edit "/alice\/raw\/fonts\/1 /$3"
	root_new alice bob
	exits 4 "$2" install --json alice/raw/fonts/1
	is "$(result alice/raw/fonts/1)" "failed $1" "$2: is refused"
	ok "$2: nothing is installed" absent alice/raw/fonts/1
	ok "$2: nothing is left" nothing_left
}
lies other-content "another digest" 's/[0-9a-f]\{8\}$/01234567/'
lies other-content "a smaller size" 's,1 [0-9]* ,1 100 ,'
lies other-content "a smaller size unpacked" 's/ 2 2 / 1 2 /'
lies other-content "fewer entries" 's/ 2 2 / 2 1 /'
edit '/^needs/d'
root_new alice bob
exits 0 "needs that are not told" install alice/pkg/all/1
ok "are found in the archive" installed alice/raw/fonts/1
edit 's,^needs alice/raw/icons/1,needs alice/raw/more/1,'
root_new alice bob
exits 0 "others than in the archive" install alice/pkg/all/1
ok "both are installed" installed alice/raw/icons/1
ok "what the catalog says, too" installed alice/raw/more/1
restore

# ---- all at once ----

# The pkg takes its time; what it needs does not wait for it.
content alice/pkg/slow/1 "README=$(seq 3000 | sha256sum)" \
    "archives=alice/raw/fonts/1\nalice/pkg/base/1"
head -c 6000 /dev/urandom | base64 >"$MINE/depot/alice/pkg/slow/1/noise"
mine publish alice/pkg/slow/1
web_start http 'location /alice/pkg/slow {' 'limit_rate 2k;' "root $PUB;" '}'
root_new alice bob
exits 0 "a slow pkg" install alice/pkg/slow/1
is "$(sed -n 's/^GET \([^ ]*\) 200 .*/\1/p' "$T/web/access.log" |
    sed -n '3,$p' | grep -n slow | cut -d: -f1)" 3 \
    "what it needs was there before it"

done_testing
