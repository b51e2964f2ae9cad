#!/bin/sh
# airlock create: what becomes an archive, and what is refused, by name.
. "$SRC/tests/lib/tap.sh"

ROOT=$T/root
airlock() {
	"$AIRLOCK" --root "$ROOT" "$@"
}

# exits STATUS TEXT COMMAND...: what it says goes to $T/out and $T/err.
exits() {
	want=$1 text=$2 got=0
	shift 2
	"$@" >"$T/out" 2>"$T/err" || got=$?
	is "$got" "$want" "$text"
	[ "$got" = "$want" ] || diag "$(cat "$T/out" "$T/err")"
}

# says PATTERN TEXT: the last command's complaint.
says() {
	like "$(cat "$T/err")" "$1" "$2"
}

# left: what is in the depot beside archives.
left() {
	find "$ROOT/depot/.airlock" -mindepth 1 ! -name staging
}

# refused PATTERN TEXT: $T/dir is not made an archive, and PATTERN is said.
refused() {
	exits 5 "$2" airlock create alice/raw/bad/1 "$T/dir"
	says "$1" "$2: said so"
	ok "$2: nothing is left" [ -z "$(left)" ]
	ok "$2: nothing is there" [ ! -e "$ROOT/depot/alice/raw/bad" ]
	rm -rf "$T/dir"
	mkdir "$T/dir"
}

mkdir "$T/dir"
umask 077

# ---- what may be in it ----

mkdir -p "$T/good/a/b" "$T/good/empty"
echo text >"$T/good/a/b/file"
echo '#!/bin/sh' >"$T/good/tool"
chmod 6751 "$T/good/tool"
ln -s a/b/file "$T/good/link"
ln -s ../../tool "$T/good/a/b/up"
ln "$T/good/tool" "$T/good/hard"
echo odd >"$T/good/blank and  'quote'"
printf 'x' >"$T/good/$(printf 'bytes\377')"
: >"$T/good/nothing"
exits 0 "create" airlock --json create alice/raw/good/1 "$T/good"
like "$(cat "$T/out")" '^\{"event":"create","path":"alice/raw/good/1","result":"created","entries":12,"bytes":' \
    "--json says so"
good=$ROOT/depot/alice/raw/good/1
ok "a copy of the directory" diff -r --no-dereference "$T/good" "$good"
is "$(find "$good" -type d ! -perm 755 -o -type f ! -perm 644 ! -perm 755)" "" \
    "with plain modes, whatever the umask"
is "$(find "$good" -type f -perm 755 | sort | sed "s,$good/,," | xargs)" \
    "hard tool" "what may be executed still may"
is "$(find "$good" -type f -links +1)" "" "a file of its own for each name"
exits 1 "an archive is not replaced" airlock create alice/raw/good/1 "$T/dir"
says 'is in the depot already' "and that is said"
ok "it is as it was" diff -r --no-dereference "$T/good" "$good"
exits 0 "an empty directory" airlock create alice/raw/empty/1 "$T/dir"
like "$(airlock list)" '^alice/raw/good/1  foreign$' "it is not an installed one"

# ---- what may not ----

ln -s /etc/passwd "$T/dir/link"
refused "dir/link: .*leads out" "an absolute link"
mkdir "$T/dir/sub"
ln -s ../../x "$T/dir/sub/link"
refused "dir/sub/link: .*leads out" "a link out"
ln -s sub/../../x "$T/dir/link"
refused "dir/link: .*leads out" "a link out by a detour"
mkfifo "$T/dir/fifo"
refused "dir/fifo: neither" "a fifo"
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/dir/socket"
refused "dir/socket: neither" "a socket"
if mknod "$T/dir/device" c 1 3 2>/dev/null; then
	refused "dir/device: neither" "a device"
else
	skip 4 "devices cannot be made here"
fi
: >"$T/dir/$(printf 'esc\033[31m')"
refused 'dir/esc\?\[31m: a control character' "a control character"
ln -s "$(printf 'a\nb')" "$T/dir/link"
refused 'dir/link: a control character' "a control character in a target"
deep=$T/dir
for _ in $(seq 61); do
	deep=$deep/d
done
mkdir -p "$deep"
refused 'too long, or too deep' "a directory too deep"
long=$(printf 'n%.0s' $(seq 250))
mkdir -p "$T/dir/$long/$long/$long/$long/$long"
refused 'too long, or too deep' "a path too long"
echo secret >"$T/dir/file"
chmod 000 "$T/dir/file"
if [ "$(id -u)" -ne 0 ]; then
	exits 1 "a file that cannot be read" airlock create alice/raw/bad/1 \
	    "$T/dir"
	says 'dir/file: Permission denied' "said so"
	ok "nothing is left" [ -z "$(left)" ]
else
	skip 3 "root reads all"
fi
rm -rf "$T/dir"
mkdir "$T/dir"

exits 2 "no archive's path" airlock create alice/raw "$T/good"
exits 2 "a path with .." airlock create alice/raw/../1 "$T/good"
exits 2 "a file for a directory" airlock create alice/raw/x/1 "$T/good/tool"
exits 2 "a directory for a file" airlock create alice/index/1 "$T/good"
exits 1 "no such directory" airlock create alice/raw/x/1 "$T/none"
exits 2 "an argument too few" airlock create alice/raw/x/1
exits 0 "help" airlock create --help
like "$(cat "$T/out")" '^usage: airlock create PATH DIR' "is there"

# ---- a file that changes ----

# It grows for as long as the copy takes, so that the copy meets another size.
head -c 200M /dev/zero >"$T/dir/growing"
while sleep 0.01; do
	echo more >>"$T/dir/growing"
done &
grower=$!
at_end "kill $grower"
exits 1 "a file that changes" airlock create alice/raw/bad/1 "$T/dir"
says 'dir/growing: it changed while it was read' "said so"
ok "nothing is left" [ -z "$(left)" ]
ok "nothing is there" [ ! -e "$ROOT/depot/alice/raw/bad" ]
kill "$grower"
rm "$T/dir/growing"

# ---- lists ----

# listed STATUS TEXT TYPE FILE LINE...
listed() {
	want_status=$1 what=$2 type=$3 list=$4
	shift 4
	rm -rf "$T/dir" "$ROOT/depot/alice/$type"
	mkdir "$T/dir"
	printf '%s\n' "$@" >"$T/dir/$list"
	exits "$want_status" "$what" airlock create "alice/$type/x/1" "$T/dir"
}
listed 0 "a pkg" pkg archives alice/raw/a/1 '' bob/src/b/2 "$(printf ' bob/pkg/c/3\t')"
listed 5 "a pkg with an api" pkg archives alice/raw/a/1 '' alice/api/a/1
says 'archives: line 3 is no src, raw or pkg' "the line is said"
listed 5 "a pkg with a bin" pkg archives alice/bin/x86_64/a/1
listed 5 "a pkg with a bad path" pkg archives alice/raw/a/1 alice/raw/../1
says 'archives: line 2 ' "the line is said"
rm -rf "$T/dir/archives" "$ROOT/depot/alice/pkg"
exits 5 "a pkg without archives" airlock create alice/pkg/x/1 "$T/dir"
says 'dir/archives: No such file' "said so"
ln -s README "$T/dir/archives"
exits 5 "a pkg whose archives is a link" airlock create alice/pkg/x/1 "$T/dir"
listed 0 "a src with apis" src used_apis libc/2026-01-01 bob/api/gui/1
listed 5 "a src with a bad api" src used_apis libc/1 libc
says 'used_apis: line 2 is no api' "the line is said"
listed 5 "a src that uses a raw" src used_apis alice/raw/a/1
rm -rf "$T/dir/used_apis" "$ROOT/depot/alice/src"
exits 0 "a src without apis" airlock create alice/src/x/1 "$T/dir"
exits 0 "a bin" airlock create alice/bin/x86_64/x/1 "$T/dir"
exits 0 "an image" airlock create alice/image/x-1 "$T/dir"
echo list >"$T/list"
exits 0 "an index" airlock create alice/index/26.01 "$T/list"
ok "is a file" cmp "$T/list" "$ROOT/depot/alice/index/26.01"
exits 0 "an index of images" airlock create alice/image/index "$T/list"

# ---- one writer at a time ----

: >"$T/order"
(
	exec 9>>"$ROOT/state/lock"
	flock 9
	echo held >>"$T/order"
	sleep 1
	echo released >>"$T/order"
) &
while [ ! -s "$T/order" ]; do sleep 0.01; done
exits 0 "create waits for the lock" airlock create alice/raw/late/1 "$T/good"
is "$(tail -n 1 "$T/order")" released "until it is free"
says 'waiting: another airlock' "and says so"

# ---- Ctrl-C ----

head -c 300M /dev/zero >"$T/dir/large"
env --default-signal=INT "$AIRLOCK" --root "$ROOT" create alice/raw/large/1 \
    "$T/dir" >"$T/out" 2>&1 &
run=$!
while [ ! -e "$ROOT/depot/.airlock/staging/0/1/large" ] &&
    kill -0 $run 2>/dev/null; do
	sleep 0.001
done
kill -INT $run
status=0
wait $run || status=$?
is "$status" 130 "interrupted"
ok "nothing is left" [ -z "$(left)" ]
ok "nothing is there" [ ! -e "$ROOT/depot/alice/raw/large" ]

done_testing
