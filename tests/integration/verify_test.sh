#!/bin/sh
# `airlock verify`: what it takes, and as what.  What it says of each kind of
# signature is in signatures_test.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

mkdir "$T/cases"
ok "the cases are made" sh "$SRC/tests/integration/sigcases.sh" "$T/cases"

for case in "$T"/cases/case-key-*; do
	name=${case##*/case-}
	want=4
	[ "$(cat "$case/expect")" != good ] || want=0
	# A key file that is none is no matter of trust: airlock wants armor.
	grep -aq '^-----BEGIN PGP PUBLIC' "$case/key" || want=1
	exits $want "$name: $(cat "$case/why")" "$AIRLOCK" verify "$case/data" \
	    --signature "$case/sig" --key "$case/key"
done

good=$T/cases/case-ed25519
cp "$good/data" "$T/file"
exits 4 "no signature beside the file" "$AIRLOCK" verify "$T/file" --key "$good/key"
cp "$good/sig" "$T/file.sig"
exits 0 "FILE.sig is found" "$AIRLOCK" verify "$T/file" --key "$good/key"
rm "$T/file.sig"
cp "$T/cases/case-armor/sig" "$T/file.asc"
exits 0 "FILE.asc is found" "$AIRLOCK" verify "$T/file" --key "$good/key"
exits 2 "neither key nor user" "$AIRLOCK" verify "$T/file"
exits 0 "--json" "$AIRLOCK" --json verify "$T/file" --key "$good/key"
ok "is JSON" "$SRC/tests/lib/events" "$T/out"

publisher alice
ROOT=$T/root
echo data >"$T/data"
sign alice "$T/data"
know alice https://localhost/
exits 0 "by a user's key" airlock verify "$T/data" --user alice
exits 4 "by another's" airlock verify "$T/file" --user alice
exits 4 "by nobody's" airlock verify "$T/file" --user bob

done_testing
