#!/bin/sh
# No space left, while fetching and while unpacking: exit status 6, the depot as
# it was, and with more space the same command finishes.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can mount a small file system"
small=$T/small
mkdir "$small"
mount -t tmpfs -o size=6m,mode=755 tmpfs "$small" 2>"$T/err" ||
    skip_all "no tmpfs can be mounted here: $(cat "$T/err")"
at_end 'umount "$T/small"'

publisher alice
noise alice/raw/large/1 8
noise alice/raw/medium/1 4
text alice/raw/data/1 "data"
# 10 MB of nothing: small to fetch, too large to unpack.
mkdir -p "$T/content/alice/raw/zeros/1"
for i in 1 2 3 4 5; do
	head -c 2M /dev/zero >"$T/content/alice/raw/zeros/1/zeros$i"
done
pack alice/raw/zeros/1 "$T/content/alice/raw/zeros/1"
web_start https

ROOT=$small/root
mkdir "$ROOT"
know alice "$URL"
exits 0 "a small one" install alice/raw/data/1
before=$(tree)
for path in alice/raw/large/1 alice/raw/medium/1 alice/raw/zeros/1; do
	exits 6 "$path: no space" install $path
	like "$(cat "$T/err")" 'no space left' "$path: says so"
	ok "$path: not in the depot" absent $path
	is "$(tree | grep -v "$path")" "$before" "$path: the rest as it was"
done
rm -rf "$ROOT"/public/alice/raw/medium "$ROOT"/public/alice/raw/large
exits 0 "the small one is still installed" install alice/raw/data/1
mount -o remount,size=60m "$small"
for path in alice/raw/large/1 alice/raw/medium/1 alice/raw/zeros/1; do
	exits 0 "$path: with more space" install $path
	ok "$path: installed" installed $path
done
ok "nothing left over" nothing_left

done_testing
