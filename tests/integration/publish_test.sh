#!/bin/sh
# From a directory to a signed archive that installs again: create, publish, and
# what both refuse.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice bob

# mine COMMAND...: on the publisher's depot.
MINE=$T/mine
mine() {
	"$AIRLOCK" --root "$MINE" "$@"
}
public=$MINE/public

# ---- a directory, an archive, a signature ----

site=$T/content/alice/raw/website/2026-11-21
mkdir -p "$site/css" "$site/empty"
echo '<h1>hello</h1>' >"$site/index.html"
echo 'h1 { color: red }' >"$site/css/style.css"
ln -s css/style.css "$site/style"
printf '#!/bin/sh\n' >"$site/update"
chmod 4711 "$site/update"
chmod 600 "$site/css/style.css"
: >"$site/nothing"
exits 0 "create" mine create alice/raw/website/2026-11-21 "$site"
is "$(stat -c %a "$MINE/depot/alice/raw/website/2026-11-21/update")" 755 \
    "modes are made plain"
exits 1 "what is there is not replaced" \
    mine create alice/raw/website/2026-11-21 "$site"
exits 4 "no key is known yet" mine publish alice/raw/website/2026-11-21
exits 0 "publish" mine publish alice/raw/website/2026-11-21 \
    --key alice@example.org
archive=$public/alice/raw/website/2026-11-21.tar.xz
ok "its signature" gpg --batch --verify "$archive.sig" "$archive"
ok "xz takes it" xz -t "$archive"
mkdir "$T/tar"
ok "GNU tar takes it" tar -C "$T/tar" -xf "$archive"
chmod 644 "$site/css/style.css"
ok "and unpacks what was packed" diff -r --no-dereference "$site" \
    "$T/tar/2026-11-21"
ok "the public key lies beside" cmp "$MINE/depot/alice/pubkey" \
    "$public/alice/pubkey"

# ---- installed again ----

tls_new
chmod 755 "$T" "$MINE"
PUB=$public URL=file://$public
cp "$public/alice/pubkey" "$KEYS/alice.asc"
root_new alice
exits 0 "it installs" install alice/raw/website/2026-11-21
ok "as it was" installed alice/raw/website/2026-11-21

# shellcheck disable=SC2034	# for web_start
PUB=$public
if command -v nginx >/dev/null; then
	web_start https
	root_new alice
	exits 0 "from nginx" install alice/raw/website/2026-11-21
	ok "as it was" installed alice/raw/website/2026-11-21
	is "$(requests '/website/2026-11-21.tar.xz 200 ')" 1 "it was served"
	web_stop
else
	skip 3 "nginx is not installed"
fi
# shellcheck disable=SC2034	# for root_new
URL=file://$public

# ---- what the files are ----

like "$(gpg --batch --verify --list-options show-notations --verify-options \
    show-notations "$archive.sig" "$archive" 2>&1)" \
    'path@airlock\.alt=alice/raw/website/2026-11-21' "gpg shows the notation"
like "$(gpg --list-packets "$archive.sig")" '^.hashed subpkt 20 ' \
    "which is in the hashed area"
not "and not critical" sh -c 'gpg --list-packets "$1" |
    grep -E "critical.* 20 |subpkt 20.*critical"' sh "$archive.sig"
like "$(gpg --list-packets "$archive.sig")" 'digest algo (8|9|10),' \
    "SHA-256 or better"
is "$(tar --numeric-owner -tvf "$archive" | awk '{ print $1, $2, $4 }' |
    sort -u)" "-rw-r--r-- 0/0 1970-01-01
-rwxr-xr-x 0/0 1970-01-01
drwxr-xr-x 0/0 1970-01-01
lrwxrwxrwx 0/0 1970-01-01" "no owner, no time, plain modes"
is "$(tar -tf "$archive" | LC_ALL=C sort -c 2>&1)" "" "sorted"
not "no extended header where none is needed" \
    sh -c 'xz -dc "$1" | grep -a PaxHeader' sh "$archive"
is "$(find "$public" -type f ! -perm 644)" "" "readable for a web server"

# ---- again: the same, and nothing new ----

# stamps: all that lies in public/, with inode and time.
stamps() {
	find "$public" -type f -printf '%i %T@ %p\n' | sort
}
before=$(stamps)
exits 0 "publish again" mine --json publish alice/raw/website/2026-11-21
like "$(cat "$T/out")" '"result":"kept","named":true,"file":"alice/raw/website/2026-11-21.tar.xz","size":[0-9]+,"sha256":"[0-9a-f]{64}"' \
    "it is kept"
is "$(stamps)" "$before" "and not touched"
is "$(sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p' "$T/out")" \
    "$(sha256sum <"$archive" | cut -d' ' -f1)" "its digest is told"

# Another copy, made in another order, with other times, modes, a umask; names
# that need extended headers; more than one block.
one=$T/one two=$T/two
mkdir -p "$one/$(printf 'd%.0s' $(seq 120))" "$two"
echo a >"$one/$(printf 'd%.0s' $(seq 120))/$(printf 'f%.0s' $(seq 200))"
echo b >"$one/$(printf 'e\314\201')"
echo c >"$one/$(printf '\303\251')"
echo d >"$one/$(printf 'bytes\377')"
seq 2000000 | head -c 9M >"$one/large"
ln -s large "$one/a link"
(umask 077 && cd "$one" && find . -mindepth 1 | sort -r | while read -r f; do
	mkdir -p "$two/${f%/*}"
	[ -d "$f" ] || cp -P "$f" "$two/$f"
done)
find "$two" -exec touch -h -d 2001-01-01 {} +
# made DIR [VARIABLE=VALUE]: DIR as an archive by a depot of its own: its digest.
made() {
	rm -rf "$T/made"
	"$AIRLOCK" --quiet --root "$T/made" create alice/raw/same/1 "$1" &&
	    env "${2:-X=}" "$AIRLOCK" --quiet --root "$T/made" publish \
		alice/raw/same/1 --key alice@example.org &&
	    sha256sum <"$T/made/public/alice/raw/same/1.tar.xz"
}
first=$(made "$one")
ok "an archive" [ -n "$first" ]
is "$(xz --robot --list "$T/made/public/alice/raw/same/1.tar.xz" |
    awk '$1 == "file" { print ($3 > 1) }')" 1 "of several blocks"
is "$(made "$two")" "$first" "two copies, the same bytes"
is "$(made "$two" SOURCE_DATE_EPOCH=0)" "$first" \
    "SOURCE_DATE_EPOCH"
not "another time, other bytes" \
    [ "$(made "$two" SOURCE_DATE_EPOCH=1000000000)" = "$first" ]
like "$(tar -tvf "$T/made/public/alice/raw/same/1.tar.xz" 2>/dev/null |
    head -n 1)" ' 2001-09-0[89] ' "the one that was wanted"
exits 2 "no time at all" env SOURCE_DATE_EPOCH=now "$AIRLOCK" --root "$MINE" \
    publish alice/raw/website/2026-11-21
rm -rf "$T/tar/1"
tar -C "$T/tar" -xf "$T/made/public/alice/raw/same/1.tar.xz" 2>/dev/null
ok "GNU tar takes all of it" diff -r --no-dereference "$one" "$T/tar/1"
is "$(made "$one" TZ=Pacific/Auckland)" "$first" "another time zone"
is "$(made "$one" LC_ALL=C.UTF-8)" "$first" "another locale"
# A machine with one processor.
if command -v taskset >/dev/null && [ "$(nproc)" -gt 1 ]; then
	cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
	rm -rf "$T/made"
	"$AIRLOCK" --quiet --root "$T/made" create alice/raw/same/1 "$two"
	taskset -c "$cpu" "$AIRLOCK" --quiet --root "$T/made" publish \
	    alice/raw/same/1 --key alice@example.org
	is "$(sha256sum <"$T/made/public/alice/raw/same/1.tar.xz")" "$first" \
	    "another number of processors"
else
	skip 1 "there is one processor, or no taskset"
fi
made "$two" >/dev/null
chmod 755 "$T/made"
URL=file://$T/made/public
root_new alice
exits 0 "airlock, too" install alice/raw/same/1
ok "as it was" diff -r --no-dereference "$one" "$ROOT/depot/alice/raw/same/1"
# shellcheck disable=SC2034	# for root_new
URL=file://$public

# ---- what is there and differs ----

echo changed >"$MINE/depot/alice/raw/website/2026-11-21/nothing"
exits 1 "a changed archive" mine --json publish alice/raw/website/2026-11-21
like "$(cat "$T/out")" '"result":"differs"' "it differs"
like "$(cat "$T/err")" 'it was kept' "said so"
is "$(stamps)" "$before" "and was kept"
exits 0 "--force" mine publish --force alice/raw/website/2026-11-21
ok "replaced, and signed" gpg --batch --verify "$archive.sig" "$archive"
not "it is another one" [ "$(stamps)" = "$before" ]
rm "$archive.sig"
exits 0 "a signature that is gone" mine --json publish \
    alice/raw/website/2026-11-21
like "$(cat "$T/out")" '"result":"signed"' "is made anew"
sign bob "$archive"
exits 4 "a signature that is another's" mine publish \
    alice/raw/website/2026-11-21
like "$(cat "$T/err")" 'untrusted' "is found"
exits 0 "--force signs it again" mine publish --force \
    alice/raw/website/2026-11-21
rm "$archive"
exits 0 "an archive that is gone" mine publish alice/raw/website/2026-11-21
ok "comes back" gpg --batch --verify "$archive.sig" "$archive"

# ---- keys ----

exits 4 "another's key" mine publish --force alice/raw/website/2026-11-21 \
    --key bob@example.org
like "$(cat "$T/err")" 'is not in depot/alice/pubkey' "said so"
exits 1 "nobody's key" mine publish --force alice/raw/website/2026-11-21 \
    --key nobody@example.org
ok "what is there is still good" gpg --batch --verify "$archive.sig" "$archive"
gpgconf --kill gpg-agent
exits 0 "the agent is started if need be" mine publish --force \
    alice/raw/website/2026-11-21
agent=$(for dir in /proc/[0-9]*; do
	{ tr '\0' ' ' <"$dir/cmdline" | grep -q "^gpg-agent.*$GNUPGHOME" &&
	    echo "${dir#/proc/}"; } 2>/dev/null
done)
is "$(sed -n 's/^\(NoNewPrivs\|Seccomp\):.//p' "/proc/${agent:-none}/status" |
    xargs)" "0 0" "and not within the signer's jail"

# ---- with what it depends on ----

# content PATH NAME=LINE...: an archive of files of a line each.
content() {
	dir=$T/content/$1
	path=$1
	shift
	mkdir -p "$dir"
	for file in "$@"; do
		printf '%b\n' "${file#*=}" >"$dir/${file%%=*}"
	done
	mine --quiet create "$path" "$dir"
}
content alice/raw/fonts/1 font=x
content alice/src/tool/1 main.c=x "used_apis=libc/1\nbob/api/gui/1"
content alice/api/libc/1 libc.h=x
content alice/bin/x86_64/tool/1 tool=x
content alice/bin/arm_v8a/tool/1 tool=y
content alice/bin/arm_v8a/tool/2 tool=z
content alice/bin/x86_64/closed/1 closed=x
content alice/raw/unrelated/1 data=x
content alice/pkg/base/1 README=x "archives=alice/raw/fonts/1\nalice/pkg/all/1"
content alice/pkg/all/1 README=x "archives=alice/pkg/base/1\nalice/src/tool/1\nalice/src/closed/1\nbob/raw/theirs/1\nbob/src/theirs/1"
exits 0 "publish a pkg" mine --json publish alice/pkg/all/1
is "$(sed -n 's/.*"path":"\([^"]*\)","result":"\([a-z-]*\)".*/\1 \2/p' \
    "$T/out" | sort)" "alice/api/libc/1 published
alice/bin/arm_v8a/tool/1 published
alice/bin/x86_64/closed/1 published
alice/bin/x86_64/tool/1 published
alice/catalog replaced
alice/pkg/all/1 published
alice/pkg/base/1 published
alice/raw/fonts/1 published
alice/src/tool/1 published
bob/api/gui/1 other-user
bob/raw/theirs/1 other-user
bob/src/theirs/1 other-user" "with all that it needs, and no more"
is "$(sed -n 's/.*"path":"\([^"]*\)","result":"published".*/\1/p' "$T/out" |
    tail -n 1)" alice/pkg/all/1 "what needs others comes after them"
content alice/pkg/broken/1 README=x "archives=alice/raw/fonts/1\nalice/raw/none/1"
exits 3 "a dependency that is missing" mine publish alice/pkg/broken/1
like "$(cat "$T/err")" 'alice/raw/none/1: it is not in the depot, and alice/pkg/broken/1 needs it' \
    "said so"
ok "and nothing is published" [ ! -e "$public/alice/pkg/broken/1.tar.xz" ]
exits 3 "an archive that is missing" mine publish alice/raw/none/1
exits 2 "two users at once" mine publish alice/raw/fonts/1 bob/raw/theirs/1
exits 2 "no archive's path" mine publish alice/raw
exits 0 "help" mine publish --help
like "$(cat "$T/out")" '^usage: airlock publish PATH' "is there"

# An index is a file; an image a directory; both are named otherwise.
echo '<index/>' >"$T/index"
mine --quiet create alice/index/26.01 "$T/index"
content alice/image/os-1 kernel=x
exits 0 "an index and an image" mine publish alice/index/26.01 \
    alice/image/os-1
is "$(xz -dc "$public/alice/index/26.01.xz")" '<index/>' "an index"
is "$(tar -tf "$public/alice/image/os-1.tar.xz" | xargs)" \
    "os-1/ os-1/kernel" "an image"
root_new alice
exits 4 "all of it installs, but what another should have published" install alice/raw/fonts/1 alice/src/tool/1 \
    alice/bin/x86_64/tool/1 alice/pkg/base/1 alice/index/26.01 \
    alice/image/os-1 alice/api/libc/1 alice/raw/website/2026-11-21
is "$(grep -c ': untrusted: no key' "$T/err")" "$(grep -c '^airlock: ' "$T/err")" \
    "and nothing else fails"

# ---- hostile content ----

# hostile TEXT COMMAND...: made in the depot behind create's back.
bad=$MINE/depot/alice/raw/bad/1
hostile() {
	text=$1
	shift
	rm -rf "$bad"
	mkdir -p "$bad"
	"$@"
	exits 5 "$text" mine publish alice/raw/bad/1
	ok "$text: not published" [ ! -e "$public/alice/raw/bad/1.tar.xz" ]
	ok "$text: no signature" [ ! -e "$public/alice/raw/bad/1.tar.xz.sig" ]
}
hostile "a link out" ln -s ../../../../../pubkey "$bad/link"
hostile "an absolute link" ln -s /etc/passwd "$bad/link"
hostile "a fifo" mkfifo "$bad/fifo"
hostile "a socket" python3 -c 'import os, socket, sys
os.chdir(sys.argv[1])
socket.socket(socket.AF_UNIX).bind("socket")' "$bad"
if [ "$(id -u)" -eq 0 ]; then
	hostile "a device" mknod "$bad/device" c 1 3
else
	skip 3 "only root can make a device"
fi
rm -rf "$bad"
mkdir -p "$bad"
head -c 8M /dev/urandom >"$bad/growing"
while :; do
	echo more >>"$bad/growing"
done &
grower=$!
at_end "kill $grower"
exits 1 "a file that changes" mine publish alice/raw/bad/1
like "$(cat "$T/err")" 'growing: it changed while it was read' "said so"
ok "not published" [ ! -e "$public/alice/raw/bad/1.tar.xz" ]
kill "$grower"
rm -rf "$bad"
mkdir -p "$MINE/depot/alice/raw/bad"
ln -s /etc "$bad"
exits 3 "a link for an archive" mine publish alice/raw/bad/1
rm "$bad"

# ---- while somebody looks ----

# look: an archive that is seen has a good signature beside it, unless it is another
# one by then.
look() {
	while [ ! -e "$T/stop" ]; do
		for file in "$public"/alice/raw/seen/*.xz; do
			cp "$file" "$T/seen.xz" 2>/dev/null || continue
			cp "$file.sig" "$T/seen.xz.sig" 2>/dev/null ||
			    : >"$T/seen.xz.sig"
			cmp -s "$file" "$T/seen.xz" || continue
			gpgv --keyring "$T/looker.gpg" "$T/seen.xz.sig" \
			    "$T/seen.xz" 2>/dev/null || echo "$file is not good"
			echo once >>"$T/looked"
		done
	done >"$T/look"
}
for version in 1 2 3 4 5 6; do
	content "alice/raw/seen/$version" "README=$version"
done
# Somebody else, with the publisher's key alone.
gpg --batch --export >"$T/looker.gpg"
rm -f "$T/stop"
: >"$T/looked"
look &
looker=$!
at_end ": >$T/stop"
set --
for version in 1 2 3 4 5 6; do
	set -- "$@" "alice/raw/seen/$version"
done
exits 0 "publish" mine publish "$@"
exits 0 "--force" mine publish --force "$@"
for version in 1 2 3; do
	echo changed >"$MINE/depot/alice/raw/seen/$version/README"
done
exits 0 "--force, of what has changed" mine publish --force "$@"
: >"$T/stop"
wait $looker
is "$(cat "$T/look")" "" "nobody ever saw half of it"
ok "though looking hard" [ -s "$T/looked" ]

# ---- while another gpg is at work in the same home ----

# locked FILE: for a second, as another one would that lives (dotlock of GnuPG).
locked() {
	python3 -c 'import os, sys, time
lock = sys.argv[1] + ".lock"
with open(lock, "w") as f:
    f.write("%10d\n%s\n" % (os.getpid(), os.uname().nodename))
time.sleep(1)
os.unlink(lock)' "$1" &
	until [ -e "$1.lock" ]; do
		sleep 0.01
	done
}
for file in pubring.kbx trustdb.gpg; do
	locked "$GNUPGHOME/$file"
	exits 0 "$file is locked by another" mine publish --force \
	    alice/raw/seen/1
	wait $!
done

# ---- cut off ----

content alice/raw/noise/1 README=x
head -c 12M /dev/urandom >"$MINE/depot/alice/raw/noise/1/noise"
# cut SIGNAL: in the middle of packing.
cut() {
	env --default-signal=INT "$AIRLOCK" --root "$MINE" publish \
	    alice/raw/noise/1 >"$T/out" 2>&1 &
	run=$!
	while [ -z "$(find "$public/.airlock" -size +64k)" ] &&
	    kill -0 $run 2>/dev/null; do
		sleep 0.001
	done
	kill "-$1" $run
	status=0
	wait $run || status=$?
}
cut INT
is "$status" 130 "interrupted"
is "$(find "$public" -path '*noise*' -type f)" "" "nothing is visible"
is "$(find "$public/.airlock" -type f)" "" "nothing is left"
cut KILL
is "$status" 137 "killed"
is "$(find "$public" -name .airlock -prune -o -path '*noise*' -type f -print)" \
    "" "nothing is visible"
exits 0 "and it works the next time" mine publish alice/raw/noise/1
is "$(find "$public/.airlock" -type f)" "" "with nothing left"
find "$public" -name '*.xz' >"$T/files"
while read -r file; do
	ok "${file#"$public"/} is signed" gpg --batch --verify "$file.sig" "$file"
done <"$T/files"

done_testing
