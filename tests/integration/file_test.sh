#!/bin/sh
# install --file: install descriptions of Genode's, in both syntaxes.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
tls_new
chmod 755 "$T"
# shellcheck disable=SC2034	# for root_new
URL=file://$PUB

text alice/bin/$ARCH/editor/2 "an editor"
text alice/bin/arm_v8a/editor/2 "another machine's"
text alice/src/editor/2 "its source"
text alice/bin/$ARCH/viewer/1 "a viewer"
text alice/bin/arm_v8a/viewer/1 "another machine's"
text alice/src/viewer/1 "its source"
text alice/raw/font/1 "a font"
text bob/raw/icons/7 "icons"
pkg alice/pkg/editor/2 alice/src/editor/2 alice/raw/font/1 alice/pkg/viewer/1
pkg alice/pkg/viewer/1 alice/src/viewer/1 bob/raw/icons/7

# listed [OPTION]: what is installed, on one line.
listed() {
	airlock list "$@" | xargs
}

# description: a file of standard input.
description() {
	cat >"$T/wanted"
}

description <<EOT
<?xml version="1.0"?>
<!-- what is wanted -->
<installation arch="arm_v8a">
	<archive path="alice/pkg/viewer/1" source="no"/>
	<something else="yes"><archive path="alice/raw/none/1"/></something>
</installation>
EOT
root_new alice bob
exits 0 "XML" "$AIRLOCK" --root "$ROOT" install --file "$T/wanted"
is "$(listed)" "alice/bin/arm_v8a/viewer/1 alice/pkg/viewer/1 bob/raw/icons/7" \
    "what it names, for the machine that it names, without sources"
is "$(listed --named)" alice/pkg/viewer/1 "it counts as named"
exits 0 "another architecture on the command line" install --file "$T/wanted"
ok "that one counts" installed alice/bin/$ARCH/viewer/1
echo 'arch x86_64' >"$ROOT/etc/settings"
exits 0 "gc" airlock remove alice/pkg/viewer/1
exits 0 "gc" airlock gc
exits 0 "a setting" "$AIRLOCK" --root "$ROOT" install --file "$T/wanted"
ok "comes after the file" installed alice/bin/arm_v8a/viewer/1

description <<EOT
installation
. what is wanted
+ archive
    path:   alice/pkg/viewer/1
    source: no
+ archive alice/pkg/editor/2
| source: yes
x archive alice/raw/none/1
+ archive alice/raw/font/1 | source: no
-
EOT
root_new alice bob
exits 0 "HID --dry-run" install --dry-run --file "$T/wanted"
like "$(cat "$T/out")" '^alice/pkg/editor/2: would be installed$' "a plan"
is "$(listed)" "" "nothing is installed"
exits 0 "HID" install --json --file "$T/wanted"
is "$(listed)" "alice/bin/$ARCH/editor/2 alice/bin/$ARCH/viewer/1 alice/pkg/editor/2 alice/pkg/viewer/1 alice/raw/font/1 alice/src/editor/2 alice/src/viewer/1 bob/raw/icons/7" \
    "with the sources of the one that has them, and what that needs"
is "$(listed --named)" "alice/pkg/editor/2 alice/pkg/viewer/1 alice/raw/font/1" \
    "each that it names counts as named, though another one needs it"
is "$(result alice/raw/font/1)" "installed installed" "and is installed once"

description <<EOT
installation
+ archive alice/pkg/viewer/1 | binary: false
-
EOT
root_new alice bob
exits 0 "sources alone" install --file "$T/wanted"
is "$(listed)" "alice/pkg/viewer/1 alice/src/viewer/1 bob/raw/icons/7" \
    "of what it needs"
exits 0 "and binaries later" install alice/pkg/viewer/1
ok "are added" installed alice/bin/$ARCH/viewer/1

description <<EOT
<installation>
	<archive path="alice/pkg/viewer/1" binary="no" source="no"/>
	<archive path="alice/pkg/editor/2" source="no"/>
	<archive path="alice/src/viewer/1" binary="no"/>
	<archive path="alice/src/editor/2" source="no"/>
</installation>
EOT
root_new alice bob
exits 0 "one needs another, in other ways" install --file "$T/wanted"
is "$(listed)" "alice/bin/$ARCH/editor/2 alice/bin/$ARCH/viewer/1 alice/pkg/editor/2 alice/pkg/viewer/1 alice/raw/font/1 alice/src/viewer/1 bob/raw/icons/7" \
    "each gets what any asks for"
is "$(listed --named)" "alice/bin/$ARCH/editor/2 alice/pkg/editor/2 alice/pkg/viewer/1 alice/src/viewer/1" \
    "a src stands for its binary"

# The second package is there when the first asks for more of it.
description <<EOT
installation
+ archive alice/pkg/viewer/1 | source: no
+ archive alice/pkg/editor/2
-
EOT
exits 0 "more of what is there" install --file "$T/wanted"
ok "the source of what it needs" installed alice/src/editor/2
ok "and of what that needs" installed alice/src/viewer/1

description <<EOT
installation
+ archive alice/raw/font/1 | source: no
-
EOT
root_new alice bob
exits 0 "with another one by name" install bob/raw/icons/7 --file "$T/wanted"
is "$(listed --named)" "alice/raw/font/1 bob/raw/icons/7" "both are there"

# ---- what need not be verified ----

text carol/raw/data/1 "nobody's" 2>/dev/null
text carol/raw/more/1 "nobody's either" 2>/dev/null
mkdir -p "$T/content/carol/pkg/all/1"
printf '%s\n' carol/raw/more/1 bob/raw/icons/7 dave/raw/none/1 \
    >"$T/content/carol/pkg/all/1/archives"
pack carol/pkg/all/1 "$T/content/carol/pkg/all/1" 2>/dev/null
description <<EOT
<installation>
	<archive path="carol/raw/data/1" verify="no"/>
	<archive path="alice/raw/font/1" verify="no"/>
</installation>
EOT
root_new alice bob
mkdir "$ROOT/depot/carol"
echo "$URL" >"$ROOT/depot/carol/download"
exits 0 "verify: no" airlock --quiet install --file "$T/wanted"
like "$(cat "$T/err")" \
    'carol/raw/data/1: .*installed WITHOUT any verification' \
    "loud, even if --quiet"
ok "it is there" installed carol/raw/data/1
is "$(airlock list | grep carol)" "carol/raw/data/1  not verified" "list says so"
exits 0 "show" airlock show carol/raw/data/1
like "$(cat "$T/out")" 'not verified' "says so"
is "$(airlock --json list carol | sed -n \
    's/.*"receipt":{.*"state":"\([a-z]*\)".*/\1/p')" blessed "it is recorded"
not "it is not kept for others" [ -e "$ROOT/public/carol" ]
like "$(airlock --json list alice)" '"state":"verified"' \
    "what has a known key is verified"
ok "nothing left over" nothing_left

echo more >>"$PUB/alice/raw/font/1.tar.xz"
root_new alice bob
mkdir "$ROOT/depot/carol"
echo "$URL" >"$ROOT/depot/carol/download"
exits 4 "verify: no of what a known key denies" \
    airlock --json install --file "$T/wanted"
is "$(results)" "alice/raw/font/1 failed bad-signature
carol/raw/data/1 blessed blessed" "is refused"
pack alice/raw/font/1 "$T/content/alice/raw/font/1"
exits 4 "without a description" install carol/raw/more/1
ok "it is not installed" absent carol/raw/more/1
description <<EOT
<installation><archive path="carol/pkg/all/1" verify="no"/></installation>
EOT
exits 4 "verify: no of a package" airlock --json install --file "$T/wanted"
is "$(results)" "bob/raw/icons/7 installed installed
carol/pkg/all/1 blessed blessed
carol/raw/more/1 blessed blessed
dave/raw/none/1 failed no-key" "holds for that publisher's archives alone"
exits 0 "publishing later" airlock user add carol --url "$URL" \
    --key "$KEYS/alice.asc"
exits 0 "remove" airlock remove carol/pkg/all/1 carol/raw/more/1
exits 4 "with a key it is verified" airlock --json install \
    --file "$T/wanted"
is "$(results)" "carol/pkg/all/1 failed no-signature" "which fails"

# ---- what is refused ----

# refused STATUS NAME TEXT: a description on standard input; nothing of it is
# installed.
refused() {
	description
	root_new alice bob
	exits "$1" "$2" timeout 20 "$AIRLOCK" --root "$ROOT" install \
	    --arch $ARCH --file "$T/wanted"
	like "$(cat "$T/err")" "$3" "$2: what it says"
	is "$(listed)" "" "$2: nothing is installed"
}
refused 5 "a path that is none" '1 paths that are no archive' <<EOT
installation
+ archive alice/raw/font/1
+ archive ../../etc/passwd
-
EOT
refused 5 "an index" 'this is no install description' <<EOT
<index><pkg path="alice/pkg/viewer/1"/></index>
EOT
refused 5 "half of one" 'no end' <<EOT
<installation arch="x86_64"><archive path="alice/raw/font/1"
EOT
refused 5 "a terminal's escape" 'not UTF-8' <<EOT
<installation arch="$(printf '\033')"/>
EOT
echo '<installation arch="../x"/>' | description
exits 2 "an architecture that is none" \
    "$AIRLOCK" --root "$ROOT" install --file "$T/wanted"
refused 5 "an empty file" 'no install description' </dev/null
refused 0 "nothing wanted" '^$' <<EOT
<installation/>
EOT
exits 2 "neither a path nor a file" install
exits 2 "a file that is not there" install --file "$T/none"
mkfifo "$T/fifo"
exits 2 "a fifo" timeout 5 "$AIRLOCK" --root "$ROOT" install --file "$T/fifo"

done_testing
