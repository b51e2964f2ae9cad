#!/bin/sh
# No space left, while fetching and while unpacking: exit status 6, the depot as
# it was, and with more space the same command finishes.  A small file system is
# mounted for it, by an ordinary user in a namespace.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/own.sh"
own_namespaces -m
. "$SRC/tests/lib/depot.sh"

small=$T/small
mkdir "$small"
mount -t tmpfs -o size=6m,mode=755 tmpfs "$small" 2>"$T/err" ||
    skip_all "no tmpfs can be mounted here: $(cat "$T/err")"
at_end 'umount "$T/small"'

publisher alice
noise alice/raw/large/1 8
noise alice/raw/medium/1 4
text alice/raw/data/1 "data"
# 10 MB of the same: small to fetch, too large to unpack.
same=$T/content/alice/raw/same/1
mkdir -p "$same"
head -c 32k /dev/urandom >"$T/block"
seq 320 | while read -r _; do
	cat "$T/block"
done >"$same/blocks"
pack alice/raw/same/1 "$same"
web_start https

ROOT=$small/root
mkdir "$ROOT"
know alice "$URL"
exits 0 "a small one" install alice/raw/data/1
before=$(tree)
for path in alice/raw/large/1 alice/raw/medium/1 alice/raw/same/1; do
	exits 6 "$path: no space" install $path
	like "$(cat "$T/err")" 'no space left' "$path: says so"
	ok "$path: not in the depot" absent $path
	is "$(tree | grep -v "$path")" "$before" "$path: the rest as it was"
done
rm -rf "$ROOT"/public/alice/raw/medium "$ROOT"/public/alice/raw/large
exits 0 "the small one is still installed" install alice/raw/data/1
mount -o remount,size=60m "$small"
for path in alice/raw/large/1 alice/raw/medium/1 alice/raw/same/1; do
	exits 0 "$path: with more space" install $path
	ok "$path: installed" installed $path
done
ok "nothing left over" nothing_left

done_testing
