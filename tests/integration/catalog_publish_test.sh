#!/bin/sh
# What `publish` writes into a publisher's catalog, and what it leaves out.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob

# mine COMMAND...: on the publisher's depot.
MINE=$T/mine
mine() {
	"$AIRLOCK" --root "$MINE" "$@"
}
public=$MINE/public

# content PATH NAME=LINES...: an archive of small files.
content() {
	dir=$T/content/$1
	path=$1
	shift
	mkdir -p "$dir"
	for file in "$@"; do
		printf '%b\n' "${file#*=}" >"$dir/${file%%=*}"
	done
	mine --quiet create "$path" "$dir"
}

# catalog: its text.  head WORD: that line's value.
catalog() {
	xz -dc "$public/alice/catalog.xz"
}
head_of() {
	catalog | sed -n "s/^$1 //p"
}
# lines: what it says of archives, without digests.
lines() {
	catalog | sed '1,5d; s/ [0-9a-f]\{64\}$//'
}

# ---- the grammar ----

content alice/raw/fonts/1 font=x
content alice/raw/fonts-free/1 font=y
content alice/raw/fonts/1.0 font=z
content alice/src/tool/1 main.c=x "used_apis=libc/1\n\nbob/api/gui/1\nlibc/1"
content alice/api/libc/1 libc.h=x
content alice/bin/x86_64/tool/1 tool=x
content alice/pkg/all/1 README=x \
    "archives=alice/raw/fonts/1\nbob/raw/theirs/1\nalice/src/tool/1"
mine --quiet create alice/index/26.01 "$T/content/alice/pkg/all/1/README"
exits 0 "publish" mine publish alice/pkg/all/1 alice/raw/fonts/1.0 \
    alice/raw/fonts-free/1 alice/index/26.01 --key alice@example.org
ok "the catalog is signed" gpg --batch --verify "$public/alice/catalog.xz.sig" \
    "$public/alice/catalog.xz"
like "$(gpg --batch --verify --list-options show-notations --verify-options \
    show-notations "$public/alice/catalog.xz.sig" "$public/alice/catalog.xz" 2>&1)" \
    'path@airlock\.alt=alice/catalog' "as a catalog of alice's"
is "$(catalog | head -n 3)" "airlock-catalog 1
user alice
serial 1" "its head"
created=$(head_of created)
ok "was created now" [ $(($(date +%s) - created)) -lt 60 ]
is "$(($(head_of expires) - created))" $((90 * 86400)) "expires in 90 days"
# size PATH: of what is served.
size() {
	stat -c %s "$public/$1"
}
is "$(lines)" "archive alice/api/libc/1 $(size alice/api/libc/1.tar.xz) 2 2
archive alice/bin/x86_64/tool/1 $(size alice/bin/x86_64/tool/1.tar.xz) 2 2
archive alice/index/26.01 $(size alice/index/26.01.xz) 2 1
archive alice/pkg/all/1 $(size alice/pkg/all/1.tar.xz) 54 3
needs alice/raw/fonts/1
needs alice/src/tool/1
needs bob/raw/theirs/1
archive alice/raw/fonts-free/1 $(size alice/raw/fonts-free/1.tar.xz) 2 2
archive alice/raw/fonts/1 $(size alice/raw/fonts/1.tar.xz) 2 2
archive alice/raw/fonts/1.0 $(size alice/raw/fonts/1.0.tar.xz) 2 2
archive alice/src/tool/1 $(size alice/src/tool/1.tar.xz) 31 3
needs alice/api/libc/1
needs bob/api/gui/1" "its archives, in the order of their bytes"
is "$(catalog | grep ^archive | cut -d' ' -f2 | LC_ALL=C sort -c 2>&1)" "" \
    "which sort(1) agrees with"
is "$(catalog | awk '$1 == "archive" { print $6 }')" \
    "$(catalog | awk '$1 == "archive" { print $2 }' | while read -r path; do
	sha256sum "$public/$path".tar.xz "$public/$path".xz 2>/dev/null |
	    cut -d' ' -f1
    done)" "their digests"

# ---- again ----

before=$(stat -c '%i %Y' "$public/alice/catalog.xz")
exits 0 "publish again" mine publish alice/pkg/all/1
is "$(stat -c '%i %Y' "$public/alice/catalog.xz")" "$before" "it is kept"
exits 0 "named" mine --json publish alice/catalog --expires 7
like "$(cat "$T/out")" '"path":"alice/catalog","result":"replaced"' \
    "it is made anew"
is "$(head_of serial)" 2 "with the next serial"
is "$(($(head_of expires) - $(head_of created)))" $((7 * 86400)) "--expires"
content alice/raw/new/1 data=x
exits 0 "one more archive" mine publish alice/raw/new/1
is "$(head_of serial) $(lines | grep -c ^archive)" "3 9" "is listed"
exits 0 "--no-catalog" mine publish --no-catalog --force alice/raw/new/1
is "$(head_of serial)" 3 "leaves it alone"
exits 2 "a lower serial" mine publish alice/catalog --serial 3
exits 0 "a higher one" mine publish alice/catalog --serial 1000
is "$(head_of serial)" 1000 "is taken"
exits 0 "--force" mine publish alice/catalog --serial 5 --force
is "$(head_of serial)" 5 "a lower one, too"
exits 2 "no number" mine publish alice/catalog --serial 0
exits 2 "no catalog is created" mine create alice/catalog "$T/content/alice"
exits 2 "nor two users'" mine publish alice/catalog bob/raw/theirs/1
# A renewal that is due: less than half of the time is left.
exits 0 "one that expires tomorrow" env \
    SOURCE_DATE_EPOCH=$(($(date +%s) - 8 * 86400)) "$AIRLOCK" --root "$MINE" \
    publish alice/catalog --expires 10
exits 0 "and a publish that changes nothing" mine publish alice/raw/new/1
is "$(($(head_of expires) - $(head_of created)))" $((90 * 86400)) \
    "renew it"

# The same archives, the same text.
text=$(env SOURCE_DATE_EPOCH=1800000000 "$AIRLOCK" --quiet --root "$MINE" \
    publish alice/catalog --serial 20 && catalog | sha256sum)
is "$(env SOURCE_DATE_EPOCH=1800000000 "$AIRLOCK" --quiet --root "$MINE" \
    publish alice/catalog --serial 20 --force && catalog | sha256sum)" "$text" \
    "reproducible"
rm "$public/alice/catalog.xz"
is "$(env SOURCE_DATE_EPOCH=1800000000 "$AIRLOCK" --quiet --root "$MINE" \
    publish alice/catalog --serial 20 && catalog | sha256sum)" "$text" \
    "from the old one's entries as from the archives"
is "$(find "$public/.airlock" -type f)" "" "nothing is left over"
is "$(find "$public" -type f ! -perm 644)" "" "readable for a web server"

# ---- what lies there and should not ----

# As somebody does who can write to the directory, but has no key.
cp "$public/alice/raw/fonts/1.tar.xz" "$T/fonts"
cp "$public/alice/raw/fonts/1.0.tar.xz" "$public/alice/raw/fonts/1.tar.xz"
exits 4 "an archive that was replaced" mine publish alice/catalog
like "$(cat "$T/err")" 'alice/raw/fonts/1.tar.xz: .*signature' "said so"
is "$(lines | grep -c 'alice/raw/fonts/1 ')" 0 "is not listed"
is "$(lines | grep -c ^archive)" 8 "the others are"
cp "$public/alice/raw/fonts/1.0.tar.xz.sig" \
    "$public/alice/raw/fonts/1.tar.xz.sig"
exits 4 "with its signature" mine publish alice/catalog
like "$(cat "$T/err")" "its signature is for another archive's path" "said so"
is "$(lines | grep -c 'alice/raw/fonts/1 ')" 0 "nor is that"
rm "$public/alice/raw/fonts/1.tar.xz.sig"
exits 4 "without a signature" mine publish alice/catalog
like "$(cat "$T/err")" 'it has no signature' "said so"
cp "$T/fonts" "$public/alice/raw/fonts/1.tar.xz"
sign bob "$public/alice/raw/fonts/1.tar.xz"
exits 4 "with bob's signature" mine publish alice/catalog
is "$(lines | grep -c 'alice/raw/fonts/1 ')" 0 "nor is that"
sign alice "$public/alice/raw/fonts/1.tar.xz"
exits 0 "with alice's own, made by gpg alone" mine publish alice/catalog
is "$(lines | grep -c 'alice/raw/fonts/1 ')" 1 "is listed"
mkdir -p "$public/alice/raw/odd" "$public/alice/raw/a/b/c/d"
echo text >"$public/alice/raw/odd/1.zip"
echo text >"$public/alice/raw/odd/1.tar.xz"
sign alice "$public/alice/raw/odd/1.tar.xz"
ln -s ../fonts/1.tar.xz "$public/alice/raw/odd/2.tar.xz"
echo text >"$public/alice/raw/odd/.hidden.tar.xz"
echo text >"$public/alice/raw/a/b/c/d/1.tar.xz"
exits 5 "what is no archive" mine publish alice/catalog
like "$(cat "$T/err")" 'alice/raw/odd/1.tar.xz: it is damaged' "said so"
is "$(lines | grep -c -e odd -e /a/b)" 0 "is not listed"
rm -r "$public/alice/raw/odd" "$public/alice/raw/a"
for cut in 1 20 60 100; do
	head -c "$cut" "$T/fonts" >"$public/alice/raw/fonts/1.tar.xz"
	sign alice "$public/alice/raw/fonts/1.tar.xz"
	exits 5 "an archive cut after $cut bytes" mine publish alice/catalog
done
cp "$T/fonts" "$public/alice/raw/fonts/1.tar.xz"
sign alice "$public/alice/raw/fonts/1.tar.xz"

# ---- a catalog that is not what was published ----

mine --quiet publish alice/catalog
serial=$(head_of serial)
cp "$public/alice/catalog.xz" "$T/catalog.xz"
cp "$public/alice/catalog.xz.sig" "$T/catalog.xz.sig"
catalog | sed 's/^serial.*/serial 999999/' | xz >"$T/false.xz"
cp "$T/false.xz" "$public/alice/catalog.xz"
exits 4 "a false catalog" mine publish alice/catalog
ok "is not replaced" cmp "$T/false.xz" "$public/alice/catalog.xz"
exits 0 "--serial" mine publish alice/catalog --serial $((serial + 1))
is "$(head_of serial)" $((serial + 1)) "begins anew"
cp "$public/alice/raw/fonts/1.tar.xz" "$public/alice/catalog.xz"
cp "$public/alice/raw/fonts/1.tar.xz.sig" "$public/alice/catalog.xz.sig"
exits 5 "a signed file that is no catalog" mine publish alice/catalog
cp "$T/catalog.xz" "$T/catalog.xz.sig" "$public/alice"
exits 0 "the right one" mine publish alice/catalog
is "$(head_of serial)" $((serial + 1)) "goes on"

# ---- names that extended headers hold, implied directories, hard links ----

odd=$public/alice/raw/other
mkdir -p "$odd" "$T/tree/1/a/b" "$T/tree/1/c"
echo one >"$T/tree/1/a/b/one"
ln "$T/tree/1/a/b/one" "$T/tree/1/two"
ln -s two "$T/tree/1/link"
echo x >"$T/tree/1/c/$(printf '\303\251')$(printf 'n%.0s' $(seq 150))"
tar -C "$T/tree" -cf - --format=pax ./1/a/b/one ./1/two 1/link 1/c | xz >"$odd/1.tar.xz"
sign alice "$odd/1.tar.xz"
exits 0 "made by GNU tar" mine publish alice/catalog
is "$(lines | sed -n 's,^archive alice/raw/other/1 [0-9]* ,,p')" "6 8" \
    "counted as an extractor does"
chmod 755 "$T" "$MINE"
tls_new
# shellcheck disable=SC2034	# depot.sh uses them
PUB=$public URL=file://$public
cp "$public/alice/pubkey" "$KEYS/alice.asc"
root_new alice
exits 0 "which installs it" install alice/raw/other/1
is "$(sed -n 's/^unpacked //p; s/^entries //p' \
    "$ROOT/state/receipts/alice,raw,other,1" | xargs)" "8 6" \
    "and counts the same"

done_testing
