#!/bin/sh
# What lies in a local directory, of a file: URL or public/, is copied by the cli:
# regular files alone, through no link, and no more than is allowed.  What it has
# copied is judged like what a server sends.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/own.sh"
own_namespaces -m
. "$SRC/tests/lib/depot.sh"

publisher alice bob
text alice/raw/data/1 "data"
text bob/raw/data/1 "data of bob's"
noise alice/raw/large/1 9
tls_new
# Nobody else needs to get there: there is no other user's process in between.
chmod 700 "$T"
mirror=$T/mirror
data=$mirror/alice/raw/data
# shellcheck disable=SC2034	# for root_new
URL=file://$mirror

# mirror_new: a copy of what is published, and a depot that knows it.
mirror_new() {
	rm -rf "$mirror"
	cp -r "$PUB" "$mirror"
	root_new alice bob
}

# refuses STATUS REASON TEXT [PATH]: it is not installed, for that reason, and
# nothing of it is left.
refuses() {
	exits "$1" "$3" airlock --json install ${MAX:+--max-size $MAX} \
	    "${4:-alice/raw/data/1}"
	is "$(result "${4:-alice/raw/data/1}")" "failed $2" "$3: the reason"
	ok "$3: not installed" absent "${4:-alice/raw/data/1}"
	ok "$3: nothing is left over" nothing_left
	is "$(find "$ROOT/public" -type f)" "" "$3: nothing is in public/"
}

mirror_new
exits 0 "a directory that only we may read" install alice/raw/data/1 \
    alice/raw/large/1 bob/raw/data/1
for path in alice/raw/data/1 alice/raw/large/1 bob/raw/data/1; do
	ok "$path is installed" installed $path
	for file in $path.tar.xz $path.tar.xz.sig; do
		ok "$file was copied" cmp "$mirror/$file" "$ROOT/public/$file"
	done
done
is "$(find "$ROOT/public" -type f ! -perm 644)" "" "readable for all, like others"
ok "nothing is left over" nothing_left

# Progress is shown: its size is known from the beginning.
root_new alice bob
exits 0 "--json" airlock --json install alice/raw/large/1
size=$(stat -c %s "$mirror/alice/raw/large/1.tar.xz")
like "$(cat "$T/out")" "\"state\":\"downloading\",\"now\":0,\"total\":$size" \
    "its size, when it begins"
is "$(grep -c '"state":"wanted"' "$T/out")" 0 "and no step back"
root_new alice bob
exits 0 "for people" install alice/raw/large/1
is "$(grep -c ': downloading$' "$T/out")" 1 "one line says that it is copied"

# The same inode is never used: a mirror's file stays as it is.
root_new alice bob
exits 0 "again" install alice/raw/data/1
not "no other name of the mirror's file" [ "$ROOT/public/alice/raw/data/1.tar.xz" \
    -ef "$data/1.tar.xz" ]

# ---- what is no file ----

mirror_new
mv "$data/1.tar.xz" "$data/there"
ln -s there "$data/1.tar.xz"
refuses 3 not-found "a link to a file beside it"
mirror_new
mv "$mirror/alice" "$T/elsewhere"
ln -s "$T/elsewhere" "$mirror/alice"
refuses 3 not-found "a link on the way, out of the mirror"
rm "$mirror/alice"
mv "$T/elsewhere" "$mirror/there"
ln -s there "$mirror/alice"
refuses 3 not-found "a link on the way, within the mirror"
mirror_new
mv "$data/1.tar.xz.sig" "$data/there"
ln -s there "$data/1.tar.xz.sig"
refuses 4 no-signature "a link for a signature"
for what in fifo directory; do
	for suffix in tar.xz tar.xz.sig; do
		mirror_new
		rm "$data/1.$suffix"
		if [ $what = fifo ]; then
			mkfifo "$data/1.$suffix"
		else
			mkdir "$data/1.$suffix"
		fi
		if [ $suffix = tar.xz ]; then
			refuses 3 not-found "a $what"
		else
			refuses 4 no-signature "a $what for a signature"
		fi
	done
done

# ---- what is not there ----

mirror_new
rm "$data/1.tar.xz.sig"
refuses 4 no-signature "no signature"
rm "$data/1.tar.xz"
refuses 3 not-found "neither of them"
rm -rf "$mirror"
refuses 3 no-directory "no directory"
echo >"$mirror"
refuses 3 no-directory "a file for a directory"
rm "$mirror"
if [ "$(id -u)" -eq 0 ]; then
	skip 10 "root may read everything"
else
	mirror_new
	chmod 0 "$data/1.tar.xz"
	refuses 3 forbidden "a file that we may not read"
	mirror_new
	chmod 0 "$mirror/alice"
	refuses 3 forbidden "a directory that we may not pass"
	chmod 755 "$mirror/alice"
fi

# ---- what is not right ----

mirror_new
cp "$mirror/bob/raw/data/1.tar.xz" "$data"
refuses 4 bad-signature "another archive"
mirror_new
cp "$mirror/bob/raw/data/1".* "$data"
refuses 4 other-key "another's archive, and signature"
mirror_new
: >"$data/1.tar.xz"
refuses 4 bad-signature "an empty archive"
mirror_new
: >"$data/1.tar.xz.sig"
refuses 4 not-one-signature "an empty signature"
head -c 8193 /dev/zero >"$data/1.tar.xz.sig"
refuses 4 not-one-signature "a signature that is too large"
truncate -s 1T "$data/1.tar.xz.sig"
refuses 4 not-one-signature "one of a terabyte"
mirror_new
MAX=8M
refuses 5 size "more than --max-size" alice/raw/large/1
truncate -s 1T "$mirror/alice/raw/large/1.tar.xz"
MAX=
refuses 5 size "a terabyte" alice/raw/large/1

# ---- several sources ----

# What quarantine has of an earlier run is in nobody's way.
mirror_new
mkdir -p "$ROOT/public/.airlock"
ln "$data/1.tar.xz.sig" "$ROOT/public/.airlock/alice,raw,data,1"
ln -s /etc/passwd "$ROOT/public/.airlock/alice,raw,data,1@sig"
exits 0 "what lies in quarantine" install alice/raw/data/1
ok "a link there is not written through" \
    cmp "$data/1.tar.xz.sig" "$PUB/alice/raw/data/1.tar.xz.sig"

mirror_new
mkdir "$T/empty"
printf 'file://%s\nfile://%s\nfile://%s\n' "$T/none" "$T/empty" "$mirror" \
    >"$ROOT/depot/alice/download"
exits 0 "two that lack it, and one that has it" install alice/raw/data/1
ok "installed" installed alice/raw/data/1

web_start https
root_new
cp "$mirror/bob/raw/data/1.tar.xz" "$data"
know alice "file://$mirror"
echo "$URL" >>"$ROOT/depot/alice/download"
exits 0 "a mirror with another archive, then a server" install alice/raw/data/1
ok "is installed from there" installed alice/raw/data/1
is "$(requests alice/raw/data)" 2 "which was asked"
root_new
know alice "$URL"
sed -i "1i file://$T/none" "$ROOT/depot/alice/download"
exits 0 "a directory that is gone, then a server" install alice/raw/data/1
web_stop
root_new
know alice "$URL"
echo "file://$PUB" >>"$ROOT/depot/alice/download"
exits 0 "a server that is gone, then a directory" install --retries 0 \
    alice/raw/data/1
ok "is installed from there" installed alice/raw/data/1
cp -r "$mirror" "$ROOT/public.new"
rm -r "$ROOT/public"
mv "$ROOT/public.new" "$ROOT/public"
rm -rf "$ROOT/depot/alice/raw" "$ROOT/state/receipts"/*
exits 0 "public/ has another archive, a directory the right one" install \
    --retries 0 alice/raw/data/1
ok "which replaces it" cmp "$PUB/alice/raw/data/1.tar.xz" \
    "$ROOT/public/alice/raw/data/1.tar.xz"

# ---- Ctrl-C, and no space ----

URL=file://$mirror
mirror_new
truncate -s 3G "$mirror/alice/raw/large/1.tar.xz"
install_start --max-size 4G alice/raw/large/1
for _ in $(seq 100); do
	[ ! -s "$T/run" ] || break
	sleep 0.05
done
kill -INT "$run"
install_wait
is "$status" 130 "Ctrl-C while it copies"
ok "nothing is left over" nothing_left
is "$(find "$ROOT/public" -type f)" "" "nothing is in public/"

small=$T/small
mkdir "$small"
if ! mount -t tmpfs -o size=6m,mode=755 tmpfs "$small" 2>"$T/err"; then
	skip 8 "no tmpfs can be mounted here: $(cat "$T/err")"
else
	at_end 'umount "$T/small"'
	mirror_new
	mv "$ROOT" "$small/root"
	ROOT=$small/root
	refuses 6 no-space "no space" alice/raw/large/1
	exits 0 "what is smaller" install alice/raw/data/1
	mount -o remount,size=60m "$small"
	exits 0 "with more space" install alice/raw/large/1
	ok "nothing is left over" nothing_left
fi

done_testing
