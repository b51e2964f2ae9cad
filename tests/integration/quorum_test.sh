#!/bin/sh
# Two engines must agree: a verifier or a sequoia that was taken over and says
# "good", whatever it is asked about, gets no archive installed that its publisher
# did not sign; nor does an engine that is missing.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

LIAR=$BUILD/tests/hostile/liar
[ -x "$LIAR" ] || skip_all "tests/hostile/liar was not built"
command -v sqv >/dev/null || skip_all "sqv is not installed"

# shellcheck disable=SC2034	# for root_new
URL=https://localhost/
publisher alice
text alice/raw/data/1 "data"
path=alice/raw/data/1
fpr=$(gpg --with-colons --list-keys "=alice <alice@example.org>" |
    awk -F: '$1 == "fpr" { print $10; exit }')

# The archive that a server, or a thief of its machine, puts into its place: with
# the signature of the true one, which passes the gate.
mkdir "$T/tampered"
echo tampered >"$T/tampered/content"
cp -r "$PUB" "$T/true"
pack_as $path "$T/tampered" 1
cp -r "$PUB" "$T/false"

# ---- who lies ----

# programs DIR LIAR...: airlock and its programs, these replaced by one that says
# "good" of everything, and names alice's key.
programs() {
	mkdir -p "$T/$1/libexec" && cp -r "$BUILD/bin" "$T/$1/bin" &&
	cp -r "$BUILD/libexec/airlock" "$T/$1/libexec/airlock" || return 1
	programs_dir=$T/$1/libexec/airlock
	shift
	for programs_name in "$@"; do
		python3 - "$LIAR" "$programs_dir/$programs_name" "$fpr" <<'END'
import os
import sys

liar, program, fpr = sys.argv[1:]
with open(liar, 'rb') as file:
    text = file.read()
at = text.index(b'@LIAR@')
script = ('verify/honest@' + fpr).encode().ljust(63, b'\0')
os.unlink(program)
with open(program, 'wb') as file:
    file.write(text[:at] + script + text[at + 63:])
os.chmod(program, 0o755)
END
	done
}

programs honest
programs gnupg verifier
programs sqv sequoia
programs both verifier sequoia

# terms USER QUORUM
terms() {
	airlock user policy "$1" "quorum=$2" >/dev/null
}

# install_by WHO QUORUM TREE: into a fresh depot, by those programs, what is in
# $T/TREE.
install_by() {
	root_new alice || return 1
	terms alice "$2" || return 1
	mkdir -p "$ROOT/public" && cp -r "$T/$3/alice" "$ROOT/public/" &&
	"$T/$1/bin/airlock" --root "$ROOT" --json install --offline $path
}

# case WHO QUORUM TREE STATUS RESULT TEXT
case_is() {
	exits "$4" "$6" install_by "$1" "$2" "$3"
	is "$(result $path)" "$5" "$6: $5"
	case $5 in
	installed*) ok "it is there" [ -e "$ROOT/depot/$path" ] ;;
	*)	ok "nothing is installed" absent $path
		ok "nothing is said to be" [ -z "$(ls "$ROOT/state/receipts")" ] ;;
	esac
}

case_is honest 2 true 0 'installed installed' "both say that it is good"
receipt=$(cat "$ROOT/state/receipts/alice,raw,data,1")
like "$receipt" '^engine gpgme$' "the receipt names the first engine"
like "$receipt" '^engine sequoia$' "and the second"
like "$receipt" '^policy quorum 2' "and the policy"
case_is honest 2 false 4 'failed bad-signature' "both say that it is not"

# This is what the quorum is for: the same lie, once believed and once not.
case_is gnupg 1 false 0 'installed installed' "quorum 1: a lying verifier decides"
ok "a tampered archive" grep -q tampered "$ROOT/depot/$path/content"
case_is gnupg 2 false 4 'failed split-verdict' "quorum 2: a lying verifier"

# Evidence: what was said of what.
like "$(cat "$T/err" "$T/out")" 'sequoia' "it says who objects"
ok "the archive is kept" cmp "$T/false/$path.tar.xz" \
    "$ROOT/public/.airlock/alice,raw,data,1@split"
ok "its signature is kept" cmp "$T/false/$path.tar.xz.sig" \
    "$ROOT/public/.airlock/alice,raw,data,1@sig@split"
like "$(airlock status)" 'evidence .*alice,raw,data,1@split' "status shows it"
exits 0 "gc" airlock gc
ok "and gc lets it be" [ -e "$ROOT/public/.airlock/alice,raw,data,1@split" ]

# And the other way round.
case_is sqv 2 false 4 'failed split-verdict' "quorum 2: a lying sequoia"
like "$(cat "$T/err" "$T/out")" 'gnupg' "it says who objects"
case_is sqv 1 false 4 'failed bad-signature' "quorum 1: it is not asked"
case_is both 2 false 0 'installed installed' "quorum 2: both lie, the limit"

# A true archive: a liar who says the truth changes nothing.
case_is gnupg 2 true 0 'installed installed' "a liar who agrees"

# ---- keys that one engine refuses ----

gpg --batch --quiet --passphrase '' --cert-digest-algo SHA1 \
    --quick-generate-key 'bob <bob@example.org>' rsa2048 sign never 2>/dev/null
gpg --batch --armor --export '=bob <bob@example.org>' >"$KEYS/bob.asc"
text bob/raw/data/1 "data"
root_new bob
mkdir -p "$ROOT/public"
cp -r "$PUB/bob" "$ROOT/public/"
terms bob 2
exits 4 "a key that vouches for itself with SHA-1" \
    airlock install --offline bob/raw/data/1
like "$(cat "$T/err")" 'sequoia' "it says who objects"
terms bob 1
exits 0 "with quorum 1 it is taken" airlock install --offline bob/raw/data/1
like "$(cat "$ROOT/state/receipts/bob,raw,data,1")" '^policy quorum 1' \
    "its receipt says so"

# ---- an engine that is missing ----

# without_sqv COMMAND...: nothing that can be executed is called so.
: >"$T/nothing"
without_sqv() {
	unshare --user --map-root-user --mount sh -c '
		mount --bind "$0" /usr/bin/sqv && shift 0 && exec "$@"' \
	    "$T/nothing" "$@"
}
if without_sqv true 2>/dev/null; then
	root_new alice
	mkdir -p "$ROOT/public"
	cp -r "$T/true/alice" "$ROOT/public/"
	terms alice 2
	exits 4 "no sqv" without_sqv \
	    "$AIRLOCK" --root "$ROOT" --json install --offline $path
	is "$(result $path)" "failed no-engine" "it says so"
	ok "nothing is installed" absent $path
	exits 0 "once it is there, all is well" \
	    airlock install --offline $path
else
	skip 4 "no user namespaces to hide sqv in"
fi

done_testing
