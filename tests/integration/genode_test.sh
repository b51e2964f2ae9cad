#!/bin/sh
# With Genode's own tools: depots packed and signed just as these do it, what of
# ours they take, and (where the data lies beside the project) archives, keys and
# signatures of Genode's depots.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
web_start https

# ---- packed as Genode packs: one directory, as it lies there ----

# genode_pack PATH DIR: $DIR's content as it is: owners, modes, times, order.
genode_pack() {
	mkdir -p "$PUB/${1%/*}" "$T/depot/$1" &&
	cp -a "$2/." "$T/depot/$1" &&
	tar -C "$T/depot/${1%/*}" -cf - "${1##*/}" |
	    xz --threads=1 >"$PUB/$1.tar.xz" &&
	sign "${1%%/*}" "$PUB/$1.tar.xz"
}

# genode_file PATH FILE: an index.
genode_file() {
	mkdir -p "$PUB/${1%/*}" &&
	xz --threads=1 -c "$2" >"$PUB/$1.xz" &&
	sign "${1%%/*}" "$PUB/$1.xz"
}

# files PATH FILE=LINE...: what becomes that archive.
files() {
	path=$1 dir=$T/content/$1
	shift
	mkdir -p "$dir"
	for file in "$@"; do
		mkdir -p "$dir/$(dirname "${file%%=*}")"
		printf '%b\n' "${file#*=}" >"$dir/${file%%=*}"
	done
	genode_pack "$path" "$dir"
}

mixed=$T/content/alice/raw/mixed/2024-01-01
long=$(printf 'n%.0s' $(seq 120))
mkdir -p "$mixed/group" "$mixed/shut" "$mixed/$long/$long"
echo plain >"$mixed/plain"
echo private >"$mixed/private"
echo tool >"$mixed/tool"
echo setuid >"$mixed/setuid"
echo read-only >"$mixed/group/read-only"
echo long >"$mixed/$long/$long/$long"
ln "$mixed/plain" "$mixed/group/same"
ln -s ../plain "$mixed/group/link"
: >"$mixed/odd name, with 'quotes'"
chmod 600 "$mixed/private"
chmod 4755 "$mixed/setuid"
chmod 775 "$mixed/tool"
chmod 444 "$mixed/group/read-only"
chmod 2775 "$mixed/group"
touch -d '1969-12-31 UTC' "$mixed/private"
touch -d '2001-02-03 04:05:06.789 UTC' "$mixed/plain"
touch -d '2100-01-01 UTC' "$mixed/tool"
[ "$(id -u)" -ne 0 ] || chown -R daemon:games "$mixed"
chmod 700 "$mixed/shut"
genode_pack alice/raw/mixed/2024-01-01 "$mixed"

files "alice/bin/$ARCH/hello/2024-01-01" hello=binary
files "alice/dbg/$ARCH/hello/2024-01-01" hello.debug=symbols
files alice/src/hello/2024-01-01 main.c=source "used_apis=libc/2024-01-01"
files alice/api/libc/2024-01-01 include/libc.h=api lib/symbols/libc=symbols
files alice/raw/font/2024-01-01 font=data
files alice/pkg/hello/2024-01-01 "README=a package" "runtime=<runtime/>" \
    "archives=alice/src/hello/2024-01-01\nalice/raw/font/2024-01-01\n\nalice/raw/mixed/2024-01-01"
files alice/image/os-2024-01-01 image.elf=kernel
printf '<index>\n\t<supports arch="%s"/>\n\t<index name="All">\n\t\t<pkg path="alice/pkg/hello/2024-01-01" info="says hello"/>\n\t</index>\n</index>\n' \
    "$ARCH" >"$T/index"
genode_file alice/index/24.01 "$T/index"
printf '<index>\n\t<image os="sculpt" board="pc" version="2024-01-01"/>\n</index>\n' \
    >"$T/images"
genode_file alice/image/index "$T/images"

root_new alice
exits 0 "a package of Genode's making" install --source \
    alice/pkg/hello/2024-01-01
for path in alice/pkg/hello alice/bin/$ARCH/hello alice/src/hello \
    alice/api/libc alice/raw/font; do
	ok "$path" installed "$path/2024-01-01"
done
got=$ROOT/depot/alice/raw/mixed/2024-01-01
ok "mixed owners, modes and times" diff -r --no-dereference "$mixed" "$got"
is "$(find "$got" -type f -perm 755 -printf '%f\n' | sort | xargs)" \
    "setuid tool" "what may be executed"
is "$(find "$got" ! -type l ! -perm 755 ! -perm 644)" "" "all modes are plain"
is "$(find "$got" ! -user "$(id -u)")" "" "and all of it is ours"
exits 0 "indexes, an image, debug information" install alice/index/24.01 \
    alice/image/index alice/image/os-2024-01-01 \
    "alice/dbg/$ARCH/hello/2024-01-01"
ok "the index" cmp "$T/index" "$ROOT/depot/alice/index/24.01"
ok "the index of images" cmp "$T/images" "$ROOT/depot/alice/image/index"
like "$(airlock index alice)" 'hello/2024-01-01  says hello  \(installed\)' \
    "its index is read"
ok "nothing left over" nothing_left

# ---- what airlock publishes, by their steps ----

MINE=$T/mine
mkdir -p "$T/site/below"
echo hello >"$T/site/index.html"
: >"$T/site/below/nothing"
"$AIRLOCK" --root "$MINE" --quiet create alice/raw/site/1 "$T/site"
"$AIRLOCK" --root "$MINE" --quiet create alice/index/1 "$T/index"
exits 0 "publish" "$AIRLOCK" --root "$MINE" publish alice/raw/site/1 \
    alice/index/1 --key alice@example.org
gpg --batch --yes --output "$T/keyring.gpg" --dearmor \
    "$MINE/public/alice/pubkey"
# genode_verify FILE: as their tool/depot/download.
genode_verify() {
	gpg --no-tty --no-default-keyring --keyring "$T/keyring.gpg" \
	    --trust-model always --verify "$1.sig" "$1"
}
ok "their check of an archive" \
    genode_verify "$MINE/public/alice/raw/site/1.tar.xz"
ok "their check of an index" genode_verify "$MINE/public/alice/index/1.xz"
mkdir "$T/theirs"
ok "their unpacking" \
    tar -C "$T/theirs" -xJf "$MINE/public/alice/raw/site/1.tar.xz"
ok "gives the same" diff -r "$T/site" "$T/theirs/1"
ok "and of the index" \
    sh -c 'xz -dc "$1" | cmp - "$2"' - "$MINE/public/alice/index/1.xz" "$T/index"

# ---- Genode's own ----

GENODE=${AIRLOCK_GENODE_DATA:-$SRC/../shared/data/genode}
if [ ! -e "$GENODE/public/test1" ]; then
	skip 1 "no archives of Genode's depots: AIRLOCK_GENODE_DATA names none, and ../shared/data/genode is not there"
	done_testing
	exit 0
fi
good="test1/raw/good/2025-09-24 test1/image/os-pc-2025-09-24 test1/index/25.09"
for user in test1 test2 test3; do
	cp "$GENODE/keys/nfeske/pubkey" "$KEYS/$user.asc"
done
cp -r "$GENODE/public/." "$PUB"
chmod -R u+w "$PUB"

# genode_good: all that is good is installed as it was packed.
genode_good() {
	for path in raw/good/2025-09-24 image/os-pc-2025-09-24; do
		mkdir -p "$T/theirs/$path" &&
		tar -C "$T/theirs/$path" -xJf "$PUB/test1/$path.tar.xz" &&
		diff -r "$T/theirs/$path/${path##*/}" \
		    "$ROOT/depot/test1/$path" || return 1
	done
	xz -dc "$PUB/test1/index/25.09.xz" |
	    cmp - "$ROOT/depot/test1/index/25.09"
}

root_new test1 test2 test3
# shellcheck disable=SC2086	# three paths
exits 0 "the good ones" install $good
ok "are as they were packed" genode_good
tree >"$T/before"
exits 5 "a top directory of another version" airlock --json install \
    --ca "$CA" test2/raw/tamper/2025-09-24
is "$(result test2/raw/tamper/2025-09-24)" "failed top-directory" "the reason"
exits 5 "an archive that is cut short" airlock --json install \
    --ca "$CA" test3/raw/corrupted/2025-09-24
is "$(result test3/raw/corrupted/2025-09-24)" "failed corrupt" "the reason"
tree >"$T/after"
ok "both have left nothing" diff "$T/before" "$T/after"
ok "nor in quarantine or staging" nothing_left
ok "nor directories" [ ! -e "$ROOT/depot/test2/raw" ]
ok "nor receipts" \
    sh -c '! ls "$1/state/receipts" | grep -q "^test[23]"' - "$ROOT"

root_new test1 test2 test3
mkdir -p "$ROOT/public"
cp -r "$PUB/test1" "$PUB/test2" "$PUB/test3" "$ROOT/public"
: >"$T/web/access.log"
# shellcheck disable=SC2086	# three paths
exits 0 "the good ones from public/" install --offline $good
ok "are as they were packed" genode_good
exits 5 "the one with another version" install --offline \
    test2/raw/tamper/2025-09-24
exits 5 "the one that is cut short" install --offline \
    test3/raw/corrupted/2025-09-24
is "$(airlock list | xargs)" \
    "test1/image/os-pc-2025-09-24 test1/index/25.09 test1/raw/good/2025-09-24" \
    "are not installed"
is "$(requests .)" 0 "nobody was asked"
ok "nothing left over" nothing_left

# ---- signatures and keys of people ----

text=$GENODE/text
exits 0 "a good signature" airlock verify "$text/expect_valid.txt" \
    --key "$GENODE/keys/nfeske/pubkey"
like "$(cat "$T/out")" \
    'by A01E82934A543906BB0220A415109A413A2E45E2 \(RSA, SHA-256\), made 2018-01-18' \
    "whose, and when"
exits 4 "a bad one" airlock verify "$text/expect_invalid.txt" \
    --key "$GENODE/keys/nfeske/pubkey"
like "$(cat "$T/err")" 'does not match its content' "says why"
exits 4 "a good one by another's key" airlock verify "$text/expect_valid.txt" \
    --key "$GENODE/keys/skalk/pubkey"

root_new
users=0
for dir in "$GENODE"/keys/*/; do
	user=$(basename "$dir") users=$((users + 1))
	exits 0 "$user" airlock user add "$user" \
	    --url "$(cat "$dir/download")" --key "$dir/pubkey"
	like "$(tr -d ' ' <"$T/out")" "^key$(gpg --batch --with-colons \
	    --show-keys "$dir/pubkey" 2>/dev/null |
	    awk -F: '$1 == "fpr" { print $10; exit }')\$" \
	    "$user: by the fingerprint that gpg shows"
done
is "$(airlock user list | wc -l)" "$users" "all are known"
wrong=$(printf '%040d' 0)
exits 4 "a key of another fingerprint" airlock user add other \
    --url https://depot.genode.org --key "$GENODE/keys/nfeske/pubkey" \
    --fingerprint "$wrong"
like "$(cat "$T/err")" "its fingerprint is A01E8.*, not $wrong" "said so"
cat "$GENODE/keys/nfeske/pubkey" "$GENODE/keys/skalk/pubkey" >"$T/both"
exits 4 "two keys for one fingerprint" airlock user add other \
    --url https://depot.genode.org --key "$T/both" \
    --fingerprint A01E82934A543906BB0220A415109A413A2E45E2

done_testing
