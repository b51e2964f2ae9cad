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

# What the launcher loads is what was looked at: these instructions, byte for byte.
ok "the launcher holds the filters" python3 - "$BUILD" <<'END'
import struct
import subprocess
import sys

filters = {}
for line in subprocess.run([sys.argv[1] + '/tests/golden/record'], check=True,
                           stdout=subprocess.PIPE).stdout.decode().splitlines():
    words = line.split()
    if words[0] == 'policy':
        name = words[1]
    if words[0] == 'instruction':
        filters[name] = filters.get(name, b'') + \
            struct.pack('=HBBI', *map(int, words[1:]))
with open(sys.argv[1] + '/libexec/airlock/launcher', 'rb') as file:
    launcher = file.read()
missing = [name for name in filters if filters[name] not in launcher]
print(missing, len(filters))
sys.exit(bool(missing) or len(filters) < 5)
END

# And only there.
like "$("${CC:-cc}" -I. -U__x86_64__ -U__aarch64__ -E "$BUILD/gen/filters.c" 2>&1)" \
    'error.*these filters are for another machine' \
    "they cannot be compiled for another machine"

# change POLICY TEXT LINE AWK: what is recorded of the policy, its first line that
# matches LINE changed by AWK, makes a table whose difference matches TEXT.
change() {
	mkdir -p "$T/changed"
	"$BUILD/tests/golden/record" | awk -v policy="$1" -v line="$3" '
	$1 == "policy" { here = $2 == policy }
	here && $0 ~ line { here = 0; '"$4"' }
	{ print }' | "$BUILD/tests/golden/simulate" "$T/changed"
	like "$(diff -U 0 "$golden/$1.$native" "$T/changed/$1.$native")" "$2" \
	    "a change shows: $1: $2"
}
# The actions are SECCOMP_RET_KILL_PROCESS and _ALLOW.
kill=2147483648 allow=2147418112
change extractor-child '^[+][a-z_]+ +allow$' "^rule $kill " "\$2 = $allow"
change extractor-child '^[+]mmap +allow if arg2 & 0x6 == 0$' " 1 2 7 4 0$" '$7 = 6'
change extractor-child '^-mkdirat +allow if' "^rule $allow .* 1 2 7 4294967295 493$" next
# An outer filter's table shows its instructions, whatever the rules say;
# 97: EAFNOSUPPORT.
change outer-dialer '^[+]socket +allow if arg0 & 0xffffffff == 0x1$' \
    "^instruction 6 0 0 $((0x50000 + 97))$" "\$5 = $allow"

done_testing
