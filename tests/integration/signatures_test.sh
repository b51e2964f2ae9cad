#!/bin/sh
# Signature files of every kind, good and hostile: what airlock says of them, with
# one engine and with two, and what GnuPG and Sequoia say by themselves.  Prints
# the table of those where somebody is wrong.
. "$SRC/tests/lib/tap.sh"

mkdir "$T/cases"
mkdir -m 700 "$T/gpg"
ok "the cases are made" sh "$SRC/tests/integration/sigcases.sh" "$T/cases"

# ---- who is asked: each ends with 0 if the signature is good ----

alone() {
	LC_ALL=C gpg --homedir "$T/gpg" --batch --no-default-keyring \
	    --keyring "$T/keyring" --trust-model always --verify "$@"
}
ask_airlock() {
	"$AIRLOCK" verify "$1/data" --signature "$1/sig" --key "$1/key"
}
ask_both() {
	"$AIRLOCK" verify "$1/data" --signature "$1/sig" --key "$1/key" \
	    --quorum 2
}
ask_gpg() {
	alone "$1/sig" "$1/data"
}
# As people call it to whom a file came with a signature.  It says no more than
# that it is missing the data, where it does.
ask_gpg_sig() {
	alone "$1/sig"
}
ask_gpgv() {
	gpgv --homedir "$T/gpg" --keyring "$T/keyring" "$1/sig" "$1/data"
}
ask_sqv() {
	sqv --keyring "$1/key" "$1/sig" "$1/data"
}

asked='airlock gpg gpg_sig'
[ -z "$(command -v gpgv)" ] || asked="$asked gpgv"
if command -v sqv >/dev/null; then
	asked="$asked sqv"
	if "$AIRLOCK" help verify | grep -q -e --quorum; then
		asked="airlock both${asked#airlock}"
	fi
fi

# ---- the cases ----

# keyring CASE: its key as GnuPG's own tools take it.
keyring() {
	gpg --homedir "$T/gpg" --batch --yes --quiet --output "$T/keyring" \
	    --dearmor "$1/key" 2>/dev/null || cp "$1/key" "$T/keyring"
}

# said WHO CASE: good, or not.
said() {
	if "ask_$1" "$2" >"$T/said.$1" 2>&1; then
		echo good
	else
		echo no
	fi
}

# right WHO CASE: what it should say.
right() {
	right_file=$2/expect
	if [ "$1" = both ] && [ -e "$2/quorum-2" ]; then
		right_file=$2/quorum-2
	fi
	if grep -qx good "$right_file"; then
		echo good
	else
		echo no
	fi
}

# is_wrong WHO NAME: is what was said, $row_said, a mistake of somebody who does
# what he says he does?  A key file's form is a matter of taste.
is_wrong() {
	[ "$row_said" != "$row_right" ] || return 1
	case $1,$2 in
	airlock,*|both,*) return 0 ;;
	gpg_sig,*) [ "$row_said" = good ] ;;
	*,key-damaged|*,key-one-damaged|*,key-many) return 1 ;;
	esac
}

# row CASE NAME: a line of the table; of airlock a test, too.
row() {
	row_line='' row_wrong=''
	for who in $asked; do
		row_said=$(said "$who" "$1") row_right=$(right "$who" "$1")
		case $who in airlock|both)
			is "$row_said" "$row_right" "$2, $who: $(cat "$1/why")"
		esac
		row_mark=$row_said
		if is_wrong "$who" "$2"; then
			row_mark=$row_said'!' row_wrong=yes
			echo "$2" >>"$T/wrong.$who"
			[ "$row_said" = no ] || echo "$2" >>"$T/fooled.$who"
		fi
		row_line="$row_line$(printf '%-8s' "$row_mark")"
	done
	[ -z "$row_wrong" ] ||
	    printf '# %-24s %s %s\n' "$2" "$row_line" "$(cat "$1/why")" \
	    >>"$T/table"
}

count=0
for case in "$T"/cases/case-*; do
	# Which key files are taken at all is tried in verify_test.
	if grep -qx refused "$case/expect"; then
		continue
	fi
	keyring "$case"
	row "$case" "${case##*/case-}"
	count=$((count + 1))
done
ok "$count signature files" [ $count -gt 100 ]

# ---- the table ----

# lines FILE
lines() {
	if [ -e "$1" ]; then
		wc -l <"$1"
	else
		echo 0
	fi
}

printf '# %-24s ' "wrong (!) about"
# shellcheck disable=SC2086	# a list
printf '%-8s' $asked
echo
cat "$T/table"
for who in $asked; do
	echo "# $who: wrong about $(lines "$T/wrong.$who") of $count," \
	    "takes $(lines "$T/fooled.$who") that are not good"
done
is "$(lines "$T/wrong.airlock")" 0 "airlock is right about all"
for who in $asked; do
	case $who in
	airlock) ;;
	both)	is "$(lines "$T/wrong.both")" 0 "and so it is with two engines" ;;
	*)	ok "$who alone is fooled several times" \
		    [ "$(lines "$T/fooled.$who")" -ge 3 ] ;;
	esac
done

done_testing
