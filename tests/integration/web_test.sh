#!/bin/sh
# What a well-behaved server may do: certificates, mirrors, redirects, errors,
# slowness.  (tests/integration/bad_server_test.sh has those that misbehave.)
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
text alice/raw/data/1 "data"
text alice/raw/denied/1 "denied"
text alice/raw/broken/1 "broken"
noise alice/raw/slow/1 1
tls_new
tls_certificate name 'DNS:example.org' 3
tls_certificate past 'DNS:localhost' 0

# fails STATUS REASON TEXT OPTION...: to install alice/raw/data/1
fails() {
	fails_status=$1 fails_reason=$2 fails_text=$3
	shift 3
	exits "$fails_status" "$fails_text" airlock --json install "$@"
	is "$(results | sed 's/^[^ ]* //' | sort -u)" "failed $fails_reason" \
	    "$fails_text: $fails_reason"
}

# ---- certificates ----
root_new
for certificate in name past; do
	WEB_CERTIFICATE=$certificate
	web_start https
	root_new alice
	fails 3 certificate "a certificate for another name, or of the past" \
	    --ca "$CA" alice/raw/data/1
	WEB_CERTIFICATE=server
done
web_start https
root_new alice
fails 3 certificate "a certificate of another authority" \
    --ca "$T/tls/other.pem" alice/raw/data/1
ok "nothing was asked for" [ "$(requests .)" = 0 ]
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
	fails 3 certificate "an authority that the system does not know" \
	    alice/raw/data/1
else
	skip 2 "no certificates of the system's"
fi
: >"$T/empty"
mkfifo "$T/fifo"
for file in empty fifo; do
	exits 1 "certificates: $file" airlock install --ca "$T/$file" \
	    alice/raw/data/1
	like "$(cat "$T/err")" "$file: this (file is empty|is no regular file)" \
	    "certificates: $file: says so"
	exits 1 "a key: $file" airlock user add bob --url "$URL" \
	    --key "$T/$file"
	like "$(cat "$T/err")" "$file: this (file is empty|is no regular file)" \
	    "a key: $file: says so"
done
echo "no certificate" >"$T/none.pem"
fails 3 certificate "a file without certificates" --ca "$T/none.pem" \
    alice/raw/data/1
exits 0 "the right one" install alice/raw/data/1

# ---- mirrors ----
root_new
ok "a dead origin and a mirror" airlock user add alice --key "$KEYS/alice.asc" \
    --url https://localhost:1 --url "$URL/nothing" --url "$URL"
exits 0 "comes from the mirror" install --retries 0 alice/raw/data/1
ok "installed" installed alice/raw/data/1

# In the order of their lines, which is no other order of their names; and none
# after the one that has it.
web_start https
root_new
ok "five mirrors" airlock user add alice --key "$KEYS/alice.asc" \
    --url "$URL/m" --url "$URL/z" --url "$URL/a" --url "$URL" --url "$URL/b"
exits 0 "comes from the fourth" install --retries 0 alice/raw/data/1
is "$(awk '/catalog/ { next } { sub("/alice/.*", "/", $2) }
    !seen[$2]++ { print $2 }' \
    "$T/web/access.log" | tr '\n' ' ')" "/m/ /z/ /a/ / " \
    "each was asked, in order, and none after it"

# Of sources that all fail, the gravest failure is told, and whose it is.
mkdir -p "$PUB/changed/alice/raw/data"
cp "$PUB/alice/raw/denied/1.tar.xz" "$PUB/changed/alice/raw/data"
cp "$PUB/alice/raw/data/1.tar.xz.sig" "$PUB/changed/alice/raw/data"
mv "$PUB/changed/alice/raw/data/1.tar.xz" "$T"
# blames STATUS SOURCE TEXT: of what $ROOT knows, that one is named.
blames() {
	exits "$1" "$3" install --retries 0 alice/raw/data/1
	is "$(sed -n 's/.*; source: //p' "$T/err")" "$2" "$3: names it"
	exits "$1" "$3, --json" install --json --retries 0 alice/raw/data/1
	is "$(sed -n 's/.*"server":"\([^"]*\)".*/\1/p' "$T/out")" "$2" \
	    "$3: names it, --json"
}
root_new
ok "three sources" airlock user add alice --key "$KEYS/alice.asc" \
    --url https://localhost:1/a --url "$URL/changed" --url "https://[::1]:1"
blames 3 https://localhost:1/a "all three have nothing"
like "$(install --retries 0 alice/raw/data/1 2>&1)" \
    "check the URLs in $ROOT/depot/alice/download" "and where to look"
mv "$T/1.tar.xz" "$PUB/changed/alice/raw/data"
blames 4 "$URL/changed" "the second has another archive"
mkdir -p "$ROOT/public/alice/raw/data"
cp "$PUB"/changed/alice/raw/data/1.* "$ROOT/public/alice/raw/data"
exits 4 "so has public/" install --offline alice/raw/data/1
not "which is no source's fault" grep source: "$T/err"

# ---- redirects ----
web_start https \
    'rewrite ^/old/(.*)$ /$1 redirect;' \
    'rewrite ^/loop/(.*)$ /loop/$1 redirect;' \
    'rewrite ^/plain/(.*)$ http://localhost/$1 redirect;' \
    'rewrite ^/file/(.*)$ file:///$1 redirect;' \
    'rewrite ^/user/(.*)$ https://me:secret@localhost/$1 redirect;' \
    'rewrite ^/private/(.*)$ https://127.0.0.2:$server_port/$1 redirect;' \
    'if ($uri ~ /denied/) { return 403; }' \
    'if ($uri ~ /broken/) { return 500; }'
root_new
know alice "$URL/old"
exits 0 "a redirect" install alice/raw/data/1
ok "installed" installed alice/raw/data/1
for kind in loop plain file user; do
	root_new
	know alice "$URL/$kind"
	exits 3 "redirected: $kind" airlock --json install --ca "$CA" \
	    alice/raw/data/1
	is "$(result alice/raw/data/1)" "failed redirect" \
	    "redirected: $kind: the reason"
	ok "$kind: asked for a few times only" [ "$(requests "$kind")" -lt 15 ]
done
root_new
know alice "$URL/private"
fails 3 private-address "redirected to a private address that was not named" \
    --ca "$CA" alice/raw/data/1

# ---- errors ----
root_new alice
fails 3 forbidden "403" --ca "$CA" alice/raw/denied/1
fails 3 not-found "404" --ca "$CA" alice/raw/nothing/1
fails 5 size "larger than allowed" --ca "$CA" --max-size 100K alice/raw/slow/1
ok "nothing left over" nothing_left
fails 3 server-error "500" --ca "$CA" --retries 1 alice/raw/broken/1

# ---- slow ----
web_start https 'limit_rate 250k;'
root_new alice
exits 0 "slow, but alive" install --stall 2 alice/raw/slow/1
ok "installed" installed alice/raw/slow/1

done_testing
