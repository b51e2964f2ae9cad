#!/bin/sh
# A lockfile: the same words for the same depot, in a stable order; and an install
# by it, which ends with exactly that or fails.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text alice/raw/data/1 "some data"
text bob/raw/fonts/2 "of somebody else"
text alice/raw/other/1 "not needed"
pkg alice/pkg/app/1 alice/raw/data/1 bob/raw/fonts/2
web_start https
root_new alice bob

install alice/raw/data/1 >/dev/null 2>&1
exits 0 "installed, and locked" install --lock "$T/lock" alice/pkg/app/1
is "$(cut -d ' ' -f 1,2 "$T/lock")" "airlock-lock 1
named alice/pkg/app/1
needed alice/raw/data/1
needed bob/raw/fonts/2" "all of it, what was there already too, in order"
fpr=$(gpg --batch --with-colons --list-keys bob@example.org |
    sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1 | tr A-F a-f)
fonts=$PUB/bob/raw/fonts/2.tar.xz
is "$(grep fonts "$T/lock")" "needed bob/raw/fonts/2 $(stat -c %s "$fonts") \
$(sha256sum "$fonts" | cut -d ' ' -f 1) $fpr" "size, digest and key of one"
cp "$T/lock" "$T/first"
exits 0 "again" install --lock "$T/lock" alice/pkg/app/1
ok "the same words" cmp "$T/first" "$T/lock"

# ---- by it ----

root_new alice bob
exits 0 "by the lockfile alone" install --locked "$T/lock"
for path in alice/pkg/app/1 alice/raw/data/1 bob/raw/fonts/2; do
	ok "$path" installed "$path"
done
is "$(airlock list --named)" "alice/pkg/app/1" "what was named is named"
exits 0 "a second time: all is there" install --locked "$T/lock"
exits 0 "and once more written" install --lock "$T/again" alice/pkg/app/1
ok "the same words from another depot" cmp "$T/first" "$T/again"
exits 4 "what it does not list" install --locked "$T/lock" alice/raw/other/1
like "$(cat "$T/out" "$T/err")" 'the lockfile does not list it' "and says so"
ok "nothing of it" absent alice/raw/other/1
grep -v fonts "$T/first" >"$T/less"
root_new alice bob
exits 4 "a dependency that it does not list" install --locked "$T/less"
ok "nothing of that" absent bob/raw/fonts/2

# ---- other content, signed by the same publisher ----

rm -r "$T/content/alice/raw/data/1"
text alice/raw/data/1 "other data, well signed"
root_new alice bob
exits 4 "other content" install --locked "$T/lock"
like "$(cat "$T/out" "$T/err")" \
    'alice/raw/data/1.* its content is not what .* lockfile says' "is named"
ok "and not installed" absent alice/raw/data/1
ok "but what it does not concern" installed bob/raw/fonts/2
exits 0 "without the lockfile it would be" install alice/raw/data/1
exits 4 "present, but not what is locked" install --locked "$T/lock"
like "$(cat "$T/out" "$T/err")" 'alice/raw/data/1.* its content is not' \
    "and says which"
sed "/fonts/s/.\$/$(printf %s "$fpr" | grep -q '0$' && echo 1 || echo 0)/" \
    "$T/first" >"$T/key"
exits 4 "present, signed by another key" install --locked "$T/key" \
    bob/raw/fonts/2
root_new bob
exits 4 "new, signed by another key" install --locked "$T/key" bob/raw/fonts/2
like "$(cat "$T/out" "$T/err")" "another key|key.* is not" "and says so"

# ---- what is no lockfile ----

for text in '' 'airlock-lock 2' 'airlock-lock 1
wanted alice/raw/data/1 1 x y' "airlock-lock 1
$(sed -n 3p "$T/first")
$(sed -n 2p "$T/first")" "airlock-lock 1
$(sed -n 2p "$T/first")
$(sed -n 2p "$T/first")"; do
	printf '%s\n' "$text" >"$T/bad"
	exits 5 "no lockfile: $(printf %s "$text" | head -c 40 | tr '\n' ' ')" \
	    install --locked "$T/bad"
done
printf 'airlock-lock 1\nneeded' >"$T/bad"
exits 5 "no lockfile: cut off" install --locked "$T/bad"
exits 2 "none at all" install --locked "$T/nothing"
exits 2 "both" install --lock "$T/x" --locked "$T/lock"
exits 2 "nothing is installed" install --lock "$T/x" --dry-run alice/pkg/app/1
: >"$T/before"
exits 3 "a failure" install --lock "$T/before" bob/raw/missing/1
is "$(cat "$T/before")" "" "writes nothing"
exits 1 "no such directory" install --lock "$T/no/lock" bob/raw/fonts/2
done_testing
