#!/bin/sh
# What holds where a layer is missing: installed if the level allows it, refused
# if not, and noted.  The layers are really taken away (tests/hostile/without.c).
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

WITHOUT=$BUILD/tests/hostile/without
[ -x "$WITHOUT" ] || skip_all "tests/hostile/without was not built"

publisher alice
text alice/raw/data/1 "data"
pkg alice/pkg/all/1 alice/raw/data/1
web_start https
cp "$PUB/alice/raw/data/1.tar.xz" "$PUB/alice/raw/data/1.tar.xz.sig" "$T"
real=$AIRLOCK

# layers PATH: enum jail_layer of its receipt, as a number.
layers() {
	echo "$(($(sed -n 's/^jail-layers //p' \
	    "$ROOT/state/receipts/$(echo "$1" | tr / ,)")))"
}
NAMESPACES=$((0xf8)) LANDLOCK=$((0x200))

# lacking LAYERS: from here on airlock runs without these.
lacking() {
	printf '#!/bin/sh\nexec "%s" %s "%s" "$@"\n' "$WITHOUT" "$1" "$real" \
	    >"$T/airlock"
	chmod 755 "$T/airlock"
	AIRLOCK=$T/airlock
}

# Both engines, where there is a second one.
engines=1
if command -v sqv >/dev/null; then
	engines=2
fi

# installs LAYERS LEVEL: it does so, and leaves nothing.
installs() {
	AIRLOCK=$real
	root_new alice
	airlock user policy alice quorum=$engines >/dev/null
	lacking "$1"
	exits 0 "without $1, at level $2" install --require-jail="$2" \
	    alice/pkg/all/1
	ok "without $1: installed" installed alice/raw/data/1
	ok "without $1: nothing left over" nothing_left
}

# refuses LAYERS LEVEL MISSING: and says that MISSING, a pattern, is.
refuses() {
	AIRLOCK=$real
	root_new alice
	lacking "$1"
	exits 7 "without $1, refused at level $2" install \
	    --require-jail="$2" alice/pkg/all/1
	ok "without $1: not installed" absent alice/raw/data/1
	ok "without $1: nothing left over" nothing_left
	like "$(cat "$T/err")" "a jail could not be built \(without $3\)" \
	    "without $1: says what is missing"
	exits 7 "without $1: verify at level $2" airlock verify "$T/1.tar.xz" \
	    --key "$KEYS/alice.asc" --require-jail="$2"
	like "$(cat "$T/err")" "a jail could not be built \(without $3\)" \
	    "without $1: says so as well"
	exits 7 "without $1: user show at level $2" airlock user show alice \
	    --require-jail="$2"
	exits 7 "without $1: user add at level $2" airlock user add alice \
	    --replace --url "$URL" --key "$KEYS/alice.asc" --require-jail="$2"
	echo "require-jail $2" >"$ROOT/etc/settings"
	exits 7 "without $1: level $2 as a setting" airlock verify --user alice \
	    "$T/1.tar.xz"
	exits 7 "without $1: of install, too" install alice/pkg/all/1
	rm "$ROOT/etc/settings"
}

verifies() {
	lacking "$1"
	exits "$2" "verify, without $1" airlock verify "$T/1.tar.xz" \
	    --key "$KEYS/alice.asc" --quorum $engines
	{ echo more; } >>"$T/1.tar.xz"
	exits "$3" "verify of something else, without $1" airlock verify \
	    "$T/1.tar.xz" --key "$KEYS/alice.asc"
	cp "$PUB/alice/raw/data/1.tar.xz" "$T"
}

root_new alice
exits 0 "with all" install alice/pkg/all/1
all=$(layers alice/raw/data/1)

installs userns strong
is "$(($(layers alice/raw/data/1) & NAMESPACES))" 0 \
    "the receipt knows of no namespace"
is "$(($(layers alice/raw/data/1) & LANDLOCK))" "$((all & LANDLOCK))" \
    "and of Landlock, if there is any"
refuses userns full 'user namespace, mount namespace, pid namespace'
mkdir "$T/tmp"
TMPDIR=$T/tmp
export TMPDIR
verifies userns 0 4
is "$(ls "$T/tmp")" "" "nothing left where it worked"

installs netns full
is "$(($(layers alice/raw/data/1) & 0x40))" 0 \
    "the receipt knows of no network namespace"
is "$(sed -n 's/^jail-level //p' "$ROOT/state/receipts/alice,raw,data,1")" full \
    "the receipt has the level"
verifies netns 0 4

installs landlock strong
is "$(($(layers alice/raw/data/1) & LANDLOCK))" 0 \
    "the receipt knows of no Landlock"
refuses landlock full Landlock
verifies landlock 0 4

refuses userns,landlock strong 'user namespace, .*, Landlock'
installs userns,landlock basic
is "$(sed -n 's/^jail-level //p' "$ROOT/state/receipts/alice,raw,data,1")" basic \
    "the receipt has the level"
verifies userns,landlock 7 7

# Root of a container that has no other uid, where namespaces may be had or not.
if unshare -Ur true 2>/dev/null; then
	AIRLOCK=$real
	root_new alice
	printf '#!/bin/sh\nexec unshare -Ur "%s" "$@"\n' "$real" >"$T/airlock"
	AIRLOCK=$T/airlock
	exits 0 "as root of a container" install --require-jail=full \
	    alice/pkg/all/1
	ok "installed" installed alice/raw/data/1
	ok "nothing left over" nothing_left
	AIRLOCK=$real
	root_new alice
	printf '#!/bin/sh\nexec unshare -Ur "%s" userns "%s" "$@"\n' \
	    "$WITHOUT" "$real" >"$T/airlock"
	AIRLOCK=$T/airlock
	exits 0 "as one without namespaces" install alice/pkg/all/1
	ok "installed" installed alice/raw/data/1
	ok "nothing left over" nothing_left
else
	diag "no user namespaces here: no container's root was tried"
fi

done_testing
