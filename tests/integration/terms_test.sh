#!/bin/sh
# On which terms a publisher is trusted: how many engines and keys, for how long a
# key counts, what a signature has to say; and that nobody asks for less by
# mistake.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
for n in 1 2 3 4 5 6 7 8 9; do
	text alice/raw/data/$n "data $n"
done
text bob/raw/font/1 "a font"
web_start https
root_new alice bob
fpr() {
	gpg --batch --with-colons --list-keys "=$1 <$1@example.org>" |
	    sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1
}
alice=$(fpr alice)
terms=$ROOT/etc/users/alice
policy() {
	airlock user policy alice "$@"
}

exits 0 "without any terms" policy
like "$(cat "$T/out")" '1 engine must agree, 1 key must have signed' \
    "one engine, one key"
exits 0 "installed by them" install alice/raw/data/1
is "$(cat "$ROOT/state/terms")" "first alice 1 1" \
    "what was asked for first is remembered"
for words in quorum=0 quorum=3 quorum= quorum threshold=17 threshold=x \
    require-binding=maybe colour=red "key=$alice" "key=x,-,-" \
    "key=$alice,2026-02-30,-" "key=$alice,2026-01-02,2026-01-01" \
    "key=$alice,2026-01-02T25:00:00Z,-" "key=$alice,-,-,-"; do
	exits 2 "no terms: $words" policy "$words"
done
ok "and nothing is written" [ ! -e "$terms" ]
mkdir -p "${terms%/*}"
printf 'quorum 1\nbroken\n' >"$terms"
exits 4 "a broken line" install alice/raw/data/2
like "$(cat "$T/out" "$T/err")" 'etc/users/alice:2: not a line' "is named"
ok "and nothing is installed by it" absent alice/raw/data/2
exits 1 "nor shown" policy
rm "$terms"

# ---- paths in signatures ----

exits 0 "require-binding" policy require-binding=yes
is "$(grep require "$terms")" "require-binding yes" "is written"
exits 4 "a signature without a path" install alice/raw/data/2
like "$(cat "$T/out" "$T/err")" 'does not say for which path' "says so"
exits 0 "no more" policy require-binding=no
exits 0 "and it is installed" install alice/raw/data/2
printf 'require-binding yes\n' >"$ROOT/etc/settings"
exits 4 "as a setting, for all" install bob/raw/font/1
exits 0 "but for who has terms of its own" install alice/raw/data/3
rm "$ROOT/etc/settings"

# ---- for how long a key counts ----

exits 0 "until last year" policy "key=$alice,-,2020-01-01"
exits 4 "what was signed since" install alice/raw/data/4
like "$(cat "$T/out" "$T/err")" 'at a time for which this key does not count' \
    "says so"
exits 0 "from next year" policy "key=$alice,2100-01-01,-"
exits 4 "what was signed before" install alice/raw/data/4
exits 0 "from and until" policy "key=$alice,2020-01-01,2100-01-01T00:00:01Z"
like "$(cat "$T/out")" \
    "$alice counts from 2020-01-01T00:00:00Z until 2100-01-01T00:00:01Z" "shown"
exits 0 "what was signed in between" install alice/raw/data/4
exits 0 "for ever" policy "key=$alice,-,-"
not "no line is left" grep -q '^key' "$terms"

# ---- more keys than one ----

publisher second
cat "$KEYS/alice.asc" "$KEYS/second.asc" >"$T/both.asc"
exits 0 "a file of two keys" airlock user add alice --url "$URL" \
    --key "$T/both.asc" --replace
exits 0 "two of them" policy threshold=2
exits 4 "signed by one" install alice/raw/data/5
like "$(cat "$T/out" "$T/err")" 'fewer keys have signed it' "says so"
archive=$PUB/alice/raw/data/5.tar.xz
cp "$archive.sig" "$T/first.sig"
sign second "$archive"
cat "$T/first.sig" "$archive.sig" >"$T/two.sig"
cat "$T/first.sig" "$T/first.sig" >"$archive.sig"
exits 4 "twice by the same" install alice/raw/data/5
cp "$T/two.sig" "$archive.sig"
exits 0 "signed by both" install alice/raw/data/5
like "$(cat "$ROOT/state/receipts/alice,raw,data,5")" \
    'policy quorum 1 threshold 2' "and the receipt says so"
is "$(grep alice "$ROOT/state/terms")" "first alice 1 2" "it is remembered"

# ---- less than before is no accident ----

sed -i 's/threshold 2/threshold 1/' "$terms"
exits 4 "fewer keys than before" install alice/raw/data/6
like "$(cat "$T/out" "$T/err")" 'threshold 2 were asked for at its first use' \
    "says so"
rm "$terms"
exits 4 "and so without any terms" install alice/raw/data/6
exits 4 "verify says so too" sh -c \
    '"$1" --root "$2" verify "$3" --user alice && exit 9 || exit 4' - \
    "$AIRLOCK" "$ROOT" "$PUB/alice/raw/data/6.tar.xz"
exits 0 "in so many words" policy threshold=1
exits 0 "it is possible" install alice/raw/data/6

# ---- a new key ----

exits 0 "one key again" airlock user add alice --url "$URL" \
    --key "$KEYS/alice.asc" --replace
publisher newalice
exits 2 "succeed needs a signature" airlock user succeed alice \
    --key "$KEYS/newalice.asc"
sign bob "$KEYS/newalice.asc"
exits 4 "not one of somebody else" airlock user succeed alice \
    --key "$KEYS/newalice.asc" --signature "$KEYS/newalice.asc.sig"
sign alice "$KEYS/alice.asc"
exits 4 "nor one of something else" airlock user succeed alice \
    --key "$KEYS/newalice.asc" --signature "$KEYS/alice.asc.sig"
exits 1 "nor the same key again" airlock user succeed alice \
    --key "$KEYS/alice.asc" --signature "$KEYS/alice.asc.sig"
sign newalice "$PUB/alice/raw/data/7.tar.xz"
exits 4 "before, the new key is nobody's" install alice/raw/data/7
sign alice "$KEYS/newalice.asc"
gpg --batch --quiet --enarmor <"$KEYS/newalice.asc.sig" 2>/dev/null |
    sed 's/ARMORED FILE/SIGNATURE/' >"$T/newalice.asc"
exits 0 "by the present one" airlock user succeed alice \
    --key "$KEYS/newalice.asc" --signature "$T/newalice.asc"
exits 0 "what the new key has signed" install alice/raw/data/7
exits 0 "what the old one had signed" install alice/raw/data/8
sleep 2
sign alice "$PUB/alice/raw/data/9.tar.xz"
exits 4 "not what the old one signs now" install alice/raw/data/9
exits 0 "user show" airlock user show alice
is "$(grep -c '^key' "$T/out")" 2 "shows both keys"
like "$(cat "$T/out")" "$alice counts from ever until 20" "and until when"
exits 0 "and for programs" airlock --json user show alice
like "$(cat "$T/out")" '"terms":\{"quorum":1,"threshold":1,' "as well"

# ---- two engines ----

if ! command -v sqv >/dev/null; then
	skip 4 "sqv is not installed"
else
	exits 0 "quorum 2" airlock user policy bob quorum=2
	exits 0 "is enough" install bob/raw/font/1
	like "$(cat "$ROOT/state/receipts/bob,raw,font,1")" 'engine sequoia' \
	    "the receipt names both"
	is "$(grep bob "$ROOT/state/terms")" "first bob 2 1" "remembered"
fi
done_testing
