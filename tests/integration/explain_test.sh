#!/bin/sh
# Why an archive is trusted, or is not: each link of the chain with its finding.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text alice/raw/data/1 "some data"
text alice/raw/data/2 "more data"
text alice/raw/data/3 "and more"
web_start https
root_new alice
install alice/raw/data/1 alice/raw/data/2 >/dev/null 2>&1

# link NAME: what is said about it.
link() {
	sed -n "s/^  \(.\) $1  *\(.*\)/\1 \2/p" "$T/out"
}
public=$ROOT/public/alice/raw/data/1.tar.xz
digest=$(sha256sum "$public" | cut -d ' ' -f 1)

exits 0 "installed, and its files are there" airlock explain alice/raw/data/1
is "$(head -n 1 "$T/out")" "alice/raw/data/1: trusted" "trusted"
like "$(link archive)" "^[+] installed .* and the same in public/: SHA-256 $digest" \
    "where it is, and which"
like "$(link gate)" '^[+] one signature packet, version 4, EdDSA' "gate"
like "$(link binding)" '^- the signature names no path' "binding"
like "$(link catalog)" "^- none of this publisher's is known" "catalog"
like "$(link engines)" '^[+] gpgme: good' "engines"
like "$(link key)" '^[+] [0-9A-F]{40}, signed 20' "key"
like "$(link policy)" '^[+] quorum 1, threshold 1; when installed quorum 1' \
    "policy"
exits 0 "for programs" airlock --json explain alice/raw/data/1
like "$(cat "$T/out")" '"event":"explain","path":"alice/raw/data/1","verdict":"trusted","installed":true,"archive":\{"finding":"good"' "likewise"

rm "$public" "$public.sig"
exits 0 "installed, and its files are gone" airlock explain alice/raw/data/1
like "$(link archive)" "^[+] installed .*; what follows is its receipt's word" \
    "by the receipt"
like "$(link key)" '^[+] [0-9a-f]{40}, signed 20' "its key"

exits 3 "what is not here" airlock explain alice/raw/data/3
is "$(head -n 1 "$T/out")" "alice/raw/data/3: unknown" "unknown"
like "$(link gate)" '^- not reached' "nothing is looked at"

public=$ROOT/public/alice/raw/data/2.tar.xz
cp "$public" "$T/data"
cp "$public.sig" "$T/sig"
printf x >>"$public"
exits 4 "changed in public/" airlock explain alice/raw/data/2
like "$(link archive)" '^! installed .* but in public/ lies' "archive"
like "$(link engines)" '^! its signature does not match its content' "engines"
like "$(link key)" '^- not reached' "and no further"
cp "$T/data" "$public"
gpg --batch --quiet --armor --output - --enarmor "$T/sig" >"$public.sig" \
    2>/dev/null
exits 4 "an armored signature" airlock explain alice/raw/data/2
like "$(link gate)" '^! ' "gate"
sign bob "$public"
exits 4 "another's signature" airlock explain alice/raw/data/2
like "$(link key)" "^! it is signed by a key that is not this user's" "key"
cp "$T/sig" "$public.sig"
gpg --batch --quiet --yes --digest-algo SHA256 \
    --local-user "=alice <alice@example.org>" \
    --sig-notation path@airlock.alt=alice/raw/data/3 \
    --detach-sign --output "$public.sig" "$public"
exits 4 "a signature for another path" airlock explain alice/raw/data/2
like "$(link binding)" '^! the signature is for alice/raw/data/3' "binding"
gpg --batch --quiet --yes --digest-algo SHA256 \
    --local-user "=alice <alice@example.org>" \
    --sig-notation path@airlock.alt=alice/raw/data/2 \
    --detach-sign --output "$public.sig" "$public"
exits 0 "for this path" airlock explain alice/raw/data/2
like "$(link binding)" '^[+] the signature names this path' "binding"
cp "$T/sig" "$public.sig"
airlock user policy alice require-binding=yes >/dev/null
exits 4 "for none, where one is required" airlock explain alice/raw/data/2
like "$(link binding)" '^! the signature names no path' "binding"
airlock user policy alice require-binding=no threshold=2 >/dev/null
exits 4 "by one key, where two are required" airlock explain alice/raw/data/2
like "$(link policy)" '^! fewer keys have signed it' "policy"
airlock user policy alice threshold=1 old-algorithms=yes >/dev/null
exits 0 "with an exception" airlock explain alice/raw/data/2
like "$(link policy)" 'OLD ALGORITHMS accepted' "which is named"
rm "$ROOT/depot/alice/pubkey"
exits 4 "without a key" airlock explain alice/raw/data/2
like "$(link key)" '^! no key for this user' "key"
exits 2 "what is no path" airlock explain alice/raw
done_testing
