#!/bin/sh
# Archives that are not what their publisher signed: nothing of them is kept.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice mallory
for name in flipped shorter longer unsigned empty other good; do
	text alice/raw/$name/1 "the content of $name"
done
data=$PUB/alice/raw

printf 'X' | dd of="$data/flipped/1.tar.xz" bs=1 seek=100 conv=notrunc 2>/dev/null
truncate -s -7 "$data/shorter/1.tar.xz"
echo >>"$data/longer/1.tar.xz"
rm "$data/unsigned/1.tar.xz.sig"
: >"$data/empty/1.tar.xz.sig"
gpg --batch --quiet --yes --local-user mallory@example.org \
    --detach-sign --output "$data/other/1.tar.xz.sig" "$data/other/1.tar.xz"
# Versions differ, so the top directory tells.
text alice/raw/versions/1 "old"
text alice/raw/versions/2 "new"
for suffix in tar.xz tar.xz.sig; do
	cp "$data/versions/1.$suffix" "$data/versions/2.$suffix"
done

# Right data, but not one detached binary signature.
for shape in armored inline clear two sha1; do
	text alice/raw/$shape/1 "the content of $shape"
done
by="--batch --quiet --yes --local-user alice@example.org"
# shellcheck disable=SC2086	# words
{
	gpg $by --armor --detach-sign --output "$data/armored/1.tar.xz.sig" \
	    "$data/armored/1.tar.xz"
	gpg $by --sign --output "$data/inline/1.tar.xz.sig" \
	    "$data/inline/1.tar.xz"
	echo hello | gpg $by --clear-sign --output "$data/clear/1.tar.xz.sig"
	gpg $by --digest-algo SHA1 --weak-digest SHA512 --detach-sign \
	    --output "$data/sha1/1.tar.xz.sig" "$data/sha1/1.tar.xz"
} 2>/dev/null
cat "$data/two/1.tar.xz.sig" "$data/two/1.tar.xz.sig" >"$T/two"
mv "$T/two" "$data/two/1.tar.xz.sig"

web_start https
root_new alice
exits 0 "a good one first" install alice/raw/good/1
before=$(tree)

# refused STATUS NAME REASON [VERSION]
refused() {
	exits "$1" "$2 is refused" airlock --json install --ca "$CA" \
	    "alice/raw/$2/${4:-1}"
	is "$(result "alice/raw/$2/${4:-1}")" "failed $3" "$2: $3"
	ok "$2 is not in the depot" absent "alice/raw/$2/${4:-1}"
	is "$(tree)" "$before" "$2 changed nothing"
}

refused 4 flipped bad-signature
refused 4 shorter bad-signature
refused 4 longer bad-signature
refused 4 unsigned no-signature
refused 4 empty not-one-signature
refused 4 other other-key
refused 5 versions top-directory 2
refused 4 armored not-one-signature
refused 4 inline not-one-signature
refused 4 clear not-one-signature
refused 4 two not-one-signature
refused 4 sha1 weak-algorithm
ok "nothing left over" nothing_left

# All together with good ones: the good ones are installed all the same.
text alice/raw/better/1 "better"
pkg alice/pkg/mixed/1 alice/raw/flipped/1 alice/raw/better/1 \
    alice/raw/unsigned/1 alice/raw/versions/2
exits 4 "a package with good and bad" install alice/pkg/mixed/1
ok "the good one" installed alice/raw/better/1
for path in flipped/1 unsigned/1 versions/2; do
	ok "not $path" absent alice/raw/$path
done

# The server is mended: the next run fetches it anew.
text alice/raw/flipped/1 "the content of flipped"
exits 0 "mended" install alice/raw/flipped/1
ok "installed" installed alice/raw/flipped/1

done_testing
