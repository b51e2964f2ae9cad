#!/bin/sh
# What the filters answer is what the tables beside this say: a change of policy
# is a change of a table, to be read and, if it was meant, made by `make golden`.
. "$SRC/tests/lib/tap.sh"

cd "$SRC" || exit 1
golden=tests/golden
native=$(uname -m | tr _ -)

# compare ARCHITECTURE: each table, made anew in $T/now, with the one kept.
compare() {
	for table in "$golden"/*."$1" "$T"/now/*."$1"; do
		name=${table##*/}
		if [ -e "$T/compared.$name" ]; then
			continue
		fi
		: >"$T/compared.$name"
		ok "$name" diff -u -L "$golden/$name" -L now -N \
		    "$golden/$name" "$T/now/$name"
	done
}

mkdir "$T/now" "$T/doctored"
for arch in x86-64 aarch64; do
	status=0
	why=$(tools/golden "$BUILD" "$T/now" "$arch" 2>&1) || status=$?
	if [ $status -eq 77 ]; then
		skip 1 "$arch: $why"
		continue
	fi
	is "$status $why" "0 " "$arch: the tables can be made"
	compare "$arch"
done

# A policy that nobody looks at could change unseen.
sed -n 's/^const struct jail_policy \([a-z_]*\) = .*/\1/p' ./*/policy.c \
    >"$T/policies"
while read -r policy; do
	ok "$policy has tables" grep -q "&$policy }" "$golden/record.c"
done <"$T/policies"

# change TEXT LINE AWK: what is recorded of a policy, its first rule that matches
# LINE changed by AWK, makes a table whose difference matches TEXT.
change() {
	mkdir -p "$T/changed"
	"$BUILD/tests/golden/record" | awk -v line="$2" '
	$1 == "policy" { here = $2 == "extractor-child" }
	here && $0 ~ line { here = 0; '"$3"' }
	{ print }' | "$BUILD/tests/golden/simulate" "$T/changed"
	like "$(diff -U 0 "$golden/extractor-child.$native" \
	    "$T/changed/extractor-child.$native")" "$1" "a change shows: $1"
}
# The actions are SECCOMP_RET_KILL_PROCESS and _ALLOW.
kill=2147483648 allow=2147418112
change '^[+][a-z_]+ +allow$' "^rule $kill " "\$2 = $allow"
change '^[+]mmap +allow if arg2 & 0x6 == 0$' " 1 2 7 4 0$" '$7 = 6'
change '^-mkdirat +allow if' "^rule $allow .* 1 2 7 4294967295 493$" next

done_testing
