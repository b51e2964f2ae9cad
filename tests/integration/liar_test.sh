#!/bin/sh
# False workers against the real manager, launcher and cli: each lie costs its
# own archive and nothing else.  The lies are in tests/hostile/liar.c, what
# becomes of them in tests/hostile/liar_run.py.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

LIAR=$BUILD/tests/hostile/liar
[ -x "$LIAR" ] || skip_all "tests/hostile/liar was not built"

publisher alice bob
text alice/raw/data/1 "data"
text bob/raw/data/1 "data"
tls_new
web_start http
mkdir "$T/roots" "$T/base" "$T/base/libexec"
cp -r "$BUILD/bin" "$T/base/bin"
cp -r "$BUILD/libexec/airlock" "$T/base/libexec/airlock"
for kind in local web; do
	root_new alice bob
	mkdir -p "$ROOT/public"
	cp -r "$PUB/bob" "$ROOT/public/"
	[ $kind = web ] || cp -r "$PUB/alice" "$ROOT/public/"
	mv "$ROOT" "$T/roots/$kind"
done
# Where two engines have to agree.
if command -v sqv >/dev/null; then
	cp -r "$T/roots/local" "$T/roots/quorum"
	mkdir -p "$T/roots/quorum/etc/users"
	echo "quorum 2" >"$T/roots/quorum/etc/users/alice"
fi
# An archive that alice did not sign, with her signature of another.
cp -r "$T/roots/local" "$T/roots/tampered"
mkdir "$T/tampered"
echo tampered >"$T/tampered/content"
pack_as alice/raw/tampered/1 "$T/tampered" 1
mv "$PUB/alice/raw/tampered/1.tar.xz" \
    "$T/roots/tampered/public/alice/raw/data/1.tar.xz"

# shellcheck disable=SC2086	# words
python3 "$SRC/tests/hostile/liar_run.py" "$T" "$T/base" "$LIAR" \
    "${LIAR}_manager" "${URL##*:}" ${LIES:-} >"$T/lies" 2>&1
is $? 0 "all lies were told"
while read -r line; do
	case $line in
	'ok '*) tap_result ok "${line#ok }" ;;
	'not ok '*) tap_result "not ok" "${line#not ok }" ;;
	*) echo "# ${line#\# }" ;;
	esac
done <"$T/lies"
ok "there were lies: $tap_count" [ "$tap_count" -gt 1 ]
[ "$(id -u)" -eq 0 ] || skip 1 "only root can look at a manager's descriptors"

done_testing
