#!/bin/sh
# Archives that attack whoever unpacks them, each properly signed: refused with
# the right reason, and the depot as it was.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

python3 "$SRC/tests/data/hostile.py" "$T" >"$T/all" || exit 1

# reason OUTCOME: the extractor's word in --json's.
reason() {
	case $1 in
	done) echo installed ;;
	absolute) echo absolute-path ;;
	dotdot) echo dot-dot ;;
	topdir) echo top-directory ;;
	link-out) echo link-outside ;;
	bytes) echo unpacked-size ;;
	*) echo "$1" ;;
	esac
}

# options KEY=VALUE...: the limits that a case asks for, as airlock's options;
# the usual ones are those of tests/hostile/extractor_drive.c.  Fails if airlock
# has no such option.
options() {
	unpacked=1G entries=10000 ratio=500
	for pair; do
		case $pair in
		bytes=*) unpacked=${pair#*=} ;;
		entries=*) entries=${pair#*=} ;;
		ratio=*) ratio=${pair#*=} ;;
		*) return 1 ;;
		esac
	done
	echo "--max-unpacked $unpacked --max-entries $entries --max-ratio $ratio"
}

publisher alice
: >"$T/cases"
while read -r name outcome request; do
	# shellcheck disable=SC2086	# words
	options=$(options $request) || continue
	path=alice/raw/${name%.tar.xz}/1.0
	mkdir -p "$PUB/${path%/*}"
	mv "$T/$name" "$PUB/$path.tar.xz"
	sign alice "$PUB/$path.tar.xz"
	echo "$path $(reason "$outcome") $options" >>"$T/cases"
done <"$T/all"
ok "there are enough cases" [ "$(wc -l <"$T/cases")" -gt 100 ]

web_start https
root_new alice
touch "$T/before"
cut -d' ' -f3- "$T/cases" | sort -u >"$T/limits"
while read -r limits; do
	awk -v limits="$limits" '{ path = $1; $1 = $2 = ""; sub(/^ */, "") }
	    $0 == limits { print path }' "$T/cases" >"$T/paths"
	# shellcheck disable=SC2046,SC2086	# words
	airlock --json install --ca "$CA" $limits $(cat "$T/paths") \
	    >"$T/out" 2>"$T/err" || status=$?
	results >>"$T/results"
	want=5
	results | grep -q failed || want=0
	is "${status:-0}" $want "the exit status, with $limits"
	status=0
done <"$T/limits"

while read -r path reason _; do
	is "$(sed -n "s,^$path [a-z]* ,,p" "$T/results")" "$reason" "$path"
	if [ "$reason" != installed ] && ! absent "$path"; then
		is present absent "$path in the depot"
	fi
done <"$T/cases"
ok "nothing left over" nothing_left
is "$(find "$ROOT/depot" ! -type d ! -type f ! -type l)" "" \
    "only directories, files and links"
is "$(find "$ROOT/depot" -perm /6022 ! -type l)" "" "no special modes"
is "$(find /tmp /etc "$T" -maxdepth 1 -newer "$T/before" \
    -name '*escape*' 2>/dev/null)" "" "nothing was written elsewhere"

done_testing
