#!/bin/sh
# Signatures that say which archive they are for: one of a publisher's archives
# cannot be passed off as another, nor an old one as a new one.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
for name in x y z; do
	text alice/raw/$name/1 "$name"
done

# bind NAME PATH...: sign NAME's archive anew, for these paths.
bind() {
	file=$PUB/alice/raw/$1/1.tar.xz
	shift
	for path in "$@"; do
		set -- "$@" --sig-notation "path@airlock.alt=$path"
		shift
	done
	gpg --batch --quiet --yes --digest-algo SHA256 "$@" \
	    --local-user "=alice <alice@example.org>" \
	    --detach-sign --output "$file.sig" "$file"
}

# pass_off NAME AS: serve the one as the other.
pass_off() {
	for suffix in tar.xz tar.xz.sig; do
		cp "$PUB/alice/raw/$1/1.$suffix" "$PUB/alice/raw/$2/1.$suffix"
	done
}

bind x alice/raw/x/1
bind y alice/raw/y/1
web_start https
root_new alice
exits 0 "a signature for its path" install alice/raw/x/1
is "$(cat "$ROOT/depot/alice/raw/x/1/"*)" x "is installed"

pass_off x y
exits 4 "another archive's, well signed" airlock --json install --ca "$CA" \
    alice/raw/y/1
is "$(result alice/raw/y/1)" "failed other-path" "says why"
exits 4 "once more, to people" install alice/raw/y/1
like "$(cat "$T/err")" "is for another archive's path" "says so"
not "nothing of it is installed" [ -e "$ROOT/depot/alice/raw/y" ]
is "$(find "$ROOT/public" -path '*raw/y*')" "" "nor kept"

bind z alice/raw/z/1 alice/raw/z/1
exits 4 "two paths in one signature" airlock --json install --ca "$CA" \
    alice/raw/z/1
is "$(result alice/raw/z/1)" "failed not-one-signature" "is none"
bind z
exits 0 "no path at all" install alice/raw/z/1

# From public/, where it lay already.
root_new alice
mkdir -p "$ROOT/public/alice/raw"
cp -r "$PUB/alice/raw/y" "$ROOT/public/alice/raw/"
exits 4 "passed off in public/" airlock --json install --offline alice/raw/y/1
is "$(result alice/raw/y/1)" "failed other-path" "says why"

done_testing
