#!/bin/sh
# Dependencies: cycles, --source, and one that fails, which fails alone.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob
web_start https

pkg alice/pkg/one/1 alice/pkg/two/1
pkg alice/pkg/two/1 bob/pkg/three/1
pkg bob/pkg/three/1 alice/pkg/one/1
root_new alice bob
exits 0 "a cycle through two users" install alice/pkg/two/1
for path in alice/pkg/one/1 alice/pkg/two/1 bob/pkg/three/1; do
	ok "cycle: $path" installed $path
done

text alice/raw/good/1 "good"
pkg alice/pkg/partly/1 alice/raw/good/1 alice/raw/gone/1
root_new alice bob
exits 3 "a dependency that the server does not have" \
    airlock --json install --ca "$CA" alice/pkg/partly/1
is "$(result alice/raw/gone/1)" "failed not-found" "it failed, with the reason"
is "$(result alice/raw/good/1)" "installed installed" "the other is installed"
ok "the other is there" installed alice/raw/good/1
ok "the missing one is not" absent alice/raw/gone/1
ok "nothing left over" nothing_left
text alice/raw/gone/1 "back again"
exits 0 "once it is there, the same command finishes" install alice/pkg/partly/1
ok "it is there" installed alice/raw/gone/1

# Two versions of one name share a directory, and the one fails early.
noise alice/raw/large/1 20
root_new alice
exits 3 "one version is missing" airlock --json install --ca "$CA" \
    alice/raw/large/2 alice/raw/large/1
is "$(result alice/raw/large/1)" "installed installed" "the other is installed"
root_new alice
exits 3 "an archive that fails alone" install alice/raw/nothing/1
is "$(find "$ROOT/depot/alice" "$ROOT/public" -mindepth 1 -name raw)" "" \
    "leaves no directory"
root_new alice bob

pkg alice/pkg/foreign/1 carol/raw/x/1
exits 4 "a dependency of an unknown user" \
    airlock --json install --ca "$CA" alice/pkg/foreign/1
is "$(result carol/raw/x/1)" "failed no-key" "no key for this user"

pkg alice/pkg/broken/1 alice/raw/good/1 ../../etc/passwd
exits 5 "a list with a line that is no archive" \
    airlock --json install --ca "$CA" alice/pkg/broken/1
ok "nothing was fetched by that name" [ "$(requests passwd)" = 0 ]
not "and it is not installed" [ -e "$ROOT/depot/alice/pkg/broken/1" ]

# --source: src archives, and the api archives that they use.
src=$T/content/alice/src/hello/1
mkdir -p "$src"
printf 'base/1\nbob/api/gui/2\n\n' >"$src/used_apis"
echo 'int main() { return 0; }' >"$src/main.c"
pack alice/src/hello/1 "$src"
text alice/api/base/1 "base"
text bob/api/gui/2 "gui"
text alice/bin/$ARCH/hello/1 "binary"
pkg alice/pkg/hello/1 alice/src/hello/1
root_new alice bob
exits 0 "without --source" install alice/pkg/hello/1
ok "the binary" installed alice/bin/$ARCH/hello/1
ok "no source" absent alice/src/hello/1
exits 0 "with --source" install --source alice/pkg/hello/1
for path in alice/src/hello/1 alice/api/base/1 bob/api/gui/2; do
	ok "source: $path" installed $path
done

# --dbg: the dbg archive of each bin.
text alice/dbg/$ARCH/hello/1 "symbols"
root_new alice bob
exits 0 "with --dbg" install --dbg alice/pkg/hello/1
is "$(airlock list | xargs)" "alice/bin/$ARCH/hello/1 alice/dbg/$ARCH/hello/1 alice/pkg/hello/1" \
    "the dbg, and no source"
is "$(airlock list --named)" alice/pkg/hello/1 "it counts as a dependency"
exits 0 "deps --dbg" airlock deps --dbg --arch $ARCH alice/pkg/hello/1
like "$(cat "$T/out")" "^    .*alice/dbg/$ARCH/hello/1\$" "below its bin"
exits 0 "show" airlock show alice/dbg/$ARCH/hello/1
like "$(cat "$T/out")" "needed by  alice/bin/$ARCH/hello/1\$" "who has it"
exits 0 "gc" airlock gc
ok "it stays with its bin" installed alice/dbg/$ARCH/hello/1
exits 0 "remove" airlock remove alice/dbg/$ARCH/hello/1
ok "but can go: the bin runs without" absent alice/dbg/$ARCH/hello/1
exits 0 "--dbg of a bin by name" install --dbg alice/bin/$ARCH/hello/1
ok "has it" installed alice/dbg/$ARCH/hello/1
text alice/bin/$ARCH/stripped/1 "binary"
exits 3 "--dbg of one that has none" install --dbg alice/bin/$ARCH/stripped/1
ok "the bin is there" installed alice/bin/$ARCH/stripped/1
exits 0 "all at once" install --dbg --source alice/pkg/hello/1
for path in alice/src/hello/1 alice/api/base/1 bob/api/gui/2; do
	ok "source: $path" installed $path
done

# Many in one: more than any table of workers holds at a time.
set --
for i in $(seq 60); do
	text "alice/raw/many/$i" "number $i"
	set -- "$@" alice/raw/many/"$i"
done
pkg alice/pkg/many/1 "$@"
root_new alice
exits 0 "sixty dependencies" install --jobs 8 alice/pkg/many/1
is "$(find "$ROOT/depot/alice/raw/many" -name content | wc -l)" 60 "all sixty"
ok "nothing left over" nothing_left

done_testing
