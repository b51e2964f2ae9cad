#!/bin/sh
# What `airlock audit` shows is what other tools find in the same files; nothing in
# a damaged file brings it down.
. "$SRC/tests/lib/tap.sh"

for tool in readelf ldd python3; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
# facts CHECK FILE: the helper's verdict.
facts() {
	python3 "$SRC/tests/integration/audit_facts.py" "$@"
}

ok "audit --json" sh -c '"$AIRLOCK" audit --json >"$1"' sh "$T/audit.json"
ok "each line is JSON" python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' "$T/audit.json"
ok "all processes and jails" facts names "$T/audit.json"
ok "machine code as readelf counts it" facts code "$T/audit.json"
ok "libraries as the loader finds them" facts closure "$T/audit.json"
ok "the trusted side loads none of the others" facts trusted "$T/audit.json"
ok "the sums are those of the rows" facts sums "$T/audit.json"
ok "calls and walls" facts filters "$T/audit.json"
if dpkg-query -W 'libcurl4*' >/dev/null 2>&1; then
	ok "versions as dpkg knows them" facts installed "$T/audit.json"
else
	skip 1 "no dpkg, or no libcurl4 in it"
fi
if [ -x "$SRC/tools/tcb" ]; then
	is "$(cd "$SRC" && tools/tcb "$BUILD" | sed -n 's/^total.* //p')" \
	    "$(sed -n 's/.*"trusted_lines":\([0-9]*\).*/\1/p' "$T/audit.json")" \
	    "trusted lines as make tcb counts them"
else
	skip 1 "the sources are not here"
fi

# ---- the text ----

ok "audit" sh -c '"$AIRLOCK" audit >"$1"' sh "$T/text"
text=$(cat "$T/text")
like "$text" '^manager +trusted' "it names the manager"
like "$text" '^For each trusted line there are [0-9]+ distrusted ones' \
    "and the ratio"
like "$text" '^level to be had|^  level to be had +(full|strong|basic|none)' \
    "and the level"
is "$(awk 'length($0) > 100' "$T/text")" "" "no line is longer than 100"
one=$("$AIRLOCK" audit dialer)
like "$one" '^  jail of the dialer' "one process can be asked for"
not "and only that is shown" sh -c 'echo "$1" | grep "jail of the fetcher"' \
    sh "$one"
not "an unknown one is refused" "$AIRLOCK" audit nobody
"$AIRLOCK" audit nobody 2>/dev/null
is $? 2 "as usage"

# ---- the page ----

ok "audit --html" "$AIRLOCK" audit --html "$T/audit.html"
ok "the page is whole, and fetches nothing" facts html "$T/audit.html"
not "a file that cannot be written" "$AIRLOCK" audit --html "$T/no/audit.html"
if [ -w /dev/full ]; then
	not "a full disk" "$AIRLOCK" audit --html /dev/full
fi

# ---- how long: user and system time of three ways ----

seconds=$( (for format in --quiet --json "--html $T/audit.html"; do
	# shellcheck disable=SC2086	# words
	"$AIRLOCK" audit $format >/dev/null
done; times) | awk 'NR == 2 { split($1, u, "[ms]"); split($2, s, "[ms]")
	print u[1] * 60 + u[2] + s[1] * 60 + s[2] }')
diag "$seconds s of processor time for text, JSON and HTML"
ok "less than 2 s each" awk "BEGIN { exit !($seconds < 6) }"

# ---- damaged files ----

mkdir -p "$T/copy/bin" "$T/copy/libexec"
cp "$BUILD/bin/airlock" "$T/copy/bin"
cp -r "$BUILD/libexec/airlock" "$T/copy/libexec"
copy=$T/copy/bin/airlock libexec=$T/copy/libexec/airlock
ok "a copy elsewhere" "$copy" audit
echo 'code 1 <script>"&</script> manager' >>"$libexec/sources.tab"
ok "a file with a strange name" "$copy" audit --html "$T/strange.html"
ok "is only text in the page" facts html "$T/strange.html"
cp "$BUILD/libexec/airlock/sources.tab" "$libexec/sources.tab"

# refused WHAT: exit status 1 and a message, no crash.
refused() {
	status=0
	said=$("$copy" audit 2>&1 >/dev/null) || status=$?
	if [ $status -ne 1 ] || [ -z "$said" ]; then
		echo "$1: exit status $status, said: $said"
		return 1
	fi
}
size=$(stat -c %s "$BUILD/libexec/airlock/dialer")
all_cut() {
	for at in 0 1 3 4 15 16 63 64 65 200 1000 4096 $((size / 2)) \
	    $((size - 1)); do
		head -c "$at" "$BUILD/libexec/airlock/dialer" >"$libexec/dialer"
		refused "cut at $at" || return 1
	done
}
ok "a program that was cut off is refused" all_cut
echo '#!/bin/sh' >"$libexec/dialer"
ok "so is a script" refused script
rm "$libexec/dialer"
ok "and one that is not there" refused missing

# Any byte of the headers: refused or shown, but never a crash; what a sanitizer
# finds is one, too.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99
survives() {
	python3 - "$1" "$BUILD/libexec/airlock/dialer" "$libexec/dialer" \
	    "$copy" <<'END'
import random, subprocess, sys
seed, source, target, program = sys.argv[1:]
random.seed(int(seed))
with open(source, 'rb') as file:
    good = file.read()
sections = int.from_bytes(good[40:48], 'little')
places = list(range(64 + 13 * 56)) * 2 + \
    list(range(sections, len(good))) + \
    [good.find(b'libseccomp') + n for n in range(-8, 32)]
at = good.find(b'\x01\x00\x00\x00\x00\x00\x00\x00', 64 + 13 * 56)
places += list(range(at, at + 256)) * 2
for turn in range(150):
    bad = bytearray(good)
    for _ in range(random.choice((1, 1, 2, 8))):
        place = random.choice(places)
        bad[place] = random.choice((0, 1, 0x7f, 0x80, 0xff,
                                    random.randrange(256)))
    with open(target, 'wb') as file:
        file.write(bad)
    done = subprocess.run([program, 'audit', '--json'],
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=20)
    if done.returncode not in (0, 1):
        print('turn', turn, 'ended with', done.returncode)
        sys.exit(1)
END
}
ok "random bytes in headers end nothing" survives 1
cp "$BUILD/libexec/airlock/dialer" "$libexec/dialer"
: >"$libexec/sources.tab"
ok "an empty table of sources is refused" refused sources
echo 'code many manager/main.c manager' >"$libexec/sources.tab"
ok "so is another one" refused sources

used=$("$SRC/tests/lib/cpu" "$AIRLOCK" audit 2>&1 >/dev/null | tail -n 1)
ok "$used ms of processor time: below 2 s" [ "$used" -lt 2000 ]

done_testing
