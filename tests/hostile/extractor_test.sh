#!/bin/sh
# The real extractor in its real jail, driven by a false manager: hostile
# archives, real ones, and a full disk.
#
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

uid=${CHECK_UID:-59000}
drive=$T/drive
chmod 755 "$T"
mkdir "$T/archives" "$T/real"
cp "$BUILD/tests/hostile/extractor_drive" "$drive"
cp "$BUILD/libexec/airlock/extractor" "$T/extractor"
chmod 755 "$drive" "$T/extractor"
echo secret >"$T/secret"

# The table's rows as tests of this one.  WHO ARCHIVES STAGING TABLE [PREFIX...]
drive() {
	who=$1 archives=$2 staging=$3 table=$4
	shift 4
	"$@" "$drive" "$T/extractor" "$archives" "$staging" <"$table" \
	    >"$T/tap" 2>"$T/err" || echo "not ok 0 - $(cat "$T/err")" >>"$T/tap"
	while read -r line; do
		case $line in
		ok*) tap_result ok "$who: ${line#* - }" ;;
		not*) tap_result "not ok" "$who: ${line#* - }" ;;
		1..*) planned=${line#1..} ;;
		*) echo "$line" ;;
		esac
	done <"$T/tap"
	is "$(grep -Ec '^(not )?ok' "$T/tap")" "$planned" "$who: all were tried"
}

staging_make() {
	mkdir "$1"
	chmod 711 "$1"
	[ -z "${2:-}" ] || chown "$2" "$1"
}

# Nothing beside STAGING was made or changed, and nothing bad within.
staging_check() {
	ok "$2: nothing harmful was unpacked" \
	    python3 tests/hostile/extractor_staged.py "$1"
	is "$(cat "$T/secret"; stat -c %h "$T/secret")" "secret
1" "$2: what lies outside is as it was"
	not "$2: nothing was made outside" test -e "$T/outside" \
	    -o -e "$1/../outside" -o -e /etc/airlock-was-here
}

modes() {
	(cd "$1" && stat -c '%a %n' -- *) | tr '\n' ' '
}

mtimes() {
	(cd "$1" && stat -c '%.9Y %n' -- *) | tr '\n' ' '
}

ok "the archives can be made" sh -c "python3 tests/data/hostile.py \
    '$T/archives' >'$T/table'"

# ---- as whoever runs the test, and as an ordinary user ----

staging_make "$T/staging"
drive "$(id -un)" "$T/archives" "$T/staging" "$T/table"
staging_check "$T/staging" "$(id -un)"

if [ "$(id -u)" -eq 0 ]; then
	staging_make "$T/staging-user" "$uid"
	drive user "$T/archives" "$T/staging-user" "$T/table" \
	    setpriv --reuid "$uid" --regid "$uid" --clear-groups
	staging_check "$T/staging-user" user
	is "$(find "$T/staging" -mindepth 1 -uid 0)" "" \
	    "as root, nothing belongs to root"
fi

# ---- what has to come out ----

cd "$T/staging" || exit 1
is "$(modes set_id_bits.tar.xz/1.0)" \
    "644 none 644 sgid 755 sticky 755 suid 644 write " \
    "of modes, the executable bit stays"
is "$(mtimes times.tar.xz/1.0)" "1234567890.123456789 fraction \
86400.000000000 link -31536000.000000000 negative 0.000000000 zero " \
    "times, before 1970 too"
for name in '\303\251 composed' 'e\314\201 decomposed' '\377\376 latin' \
    'l\303\251 decomposed'; do
	# shellcheck disable=SC2059	# the name is octal numbers
	is "$(cat "$(printf "pax_names.tar.xz/1.0/${name% *}")")" \
	    "${name#* }" "names and targets keep their bytes: ${name#* }"
done
is "$(wc -c <file_across_blocks.tar.xz/1.0/big)" 200001 "a larger file"
is "$(wc -c <single.tar.xz/index)" 90000 "one compressed file"
cd - >/dev/null || exit 1

# ---- as GNU tar does it ----

mkdir -p "$T/real/1.0/text" "$T/real/1.0/bin"
cp -RL --preserve=mode,timestamps /usr/include/linux "$T/real/1.0/include"
cp -p /bin/cat /bin/bash /bin/ls /bin/tar "$T/real/1.0/bin"
find "$T/real" -type l -delete
ln "$T/real/1.0/bin/cat" "$T/real/1.0/text/cat"
ln -s ../bin/cat "$T/real/1.0/text/link"
touch -d '2001-02-03 04:05:06.789' "$T/real/1.0/text/old"
: >"$T/real/table"
for format in gnu pax ustar v7 oldgnu; do
	tar -C "$T/real" --format=$format -cf - 1.0 |
	    xz -0 >"$T/real/$format.tar.xz"
	echo "$format.tar.xz done" >>"$T/real/table"
done
tar -C "$T/real" -cf - ./1.0 | xz -0 >"$T/real/dot.tar.xz"
echo "dot.tar.xz done" >>"$T/real/table"
staging_make "$T/staging-real"
drive real "$T/real" "$T/staging-real" "$T/real/table"
for archive in gnu pax ustar v7 oldgnu dot; do
	mkdir "$T/tar"
	tar -C "$T/tar" -xf "$T/real/$archive.tar.xz"
	python3 tests/hostile/extractor_tree.py "$T/tar" >"$T/wanted"
	python3 tests/hostile/extractor_tree.py \
	    "$T/staging-real/$archive.tar.xz" >"$T/got"
	ok "$archive: $(wc -l <"$T/wanted") names are as GNU tar unpacks them" \
	    diff "$T/wanted" "$T/got"
	ok "$archive: and they are what the manifest lists" \
	    python3 tests/hostile/extractor_manifest.py \
	    "$T/staging-real/$archive.tar.xz/.manifest" "$T/tar/1.0"
	rm -rf "$T/tar"
done

# ---- a full disk ----

if [ "$(id -u)" -ne 0 ]; then
	skip 4 "only root can make a small file system"
else
	mkdir "$T/small"
	mount -t tmpfs -o size=256k,nr_inodes=200,mode=711 small "$T/small"
	at_end "umount '$T/small'"
	printf '%s\n' "file_across_blocks.tar.xz done" \
	    "xz_cut_in_footer.tar.xz space" "many_entries.tar.xz space" \
	    >"$T/small-table"
	drive small "$T/archives" "$T/small" "$T/small-table"
fi

done_testing
