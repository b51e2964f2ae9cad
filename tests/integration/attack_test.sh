#!/bin/sh
# `airlock audit --attack`: nothing that is forbidden works in a jail, most of it
# works without one, and a jail with a hole is found out.
. "$SRC/tests/lib/tap.sh"

for tool in python3 readelf; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
# A sanitizer needs memory and calls that jails forbid; limits are off with it.
if readelf -d "$BUILD/libexec/airlock/attack-control" | grep -q 'lib[a-z]*san'; then
	skip_all "built with a sanitizer"
fi
# facts CHECK FILE: the helper's verdict.
facts() {
	python3 "$SRC/tests/integration/attack_facts.py" "$@"
}

start=$(date +%s)
"$SRC/tests/lib/cpu" "$AIRLOCK" --json audit --attack >"$T/attack.json" \
    2>"$T/err"
is $? 0 "no jail has a hole"
took=$(($(date +%s) - start))
diag "it took $took s"
ok "each line is JSON" python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' "$T/attack.json"
used=$(tail -n 1 "$T/err")
ok "$used ms of processor time: below 20 s" [ "$used" -lt 20000 ]
ok "enough acts, in all jails" facts whole "$T/attack.json"
ok "each is stopped by something, or needed for something" \
    facts closed "$T/attack.json"
ok "without a jail they work" facts control "$T/attack.json"
ok "known rows" facts known "$T/attack.json"

ok "one process, as a table" sh -c '"$AIRLOCK" audit --attack reader >"$1"' \
    sh "$T/table"
like "$(cat "$T/table")" '^read /etc/passwd +works ' "it has the acts"
like "$(cat "$T/table")" ' 0 NOT BLOCKED$' "and the sum"
not "what has no jail is not attacked" "$AIRLOCK" audit --attack manager
is "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'airlock-attack-*' -user \
    "$(id -u)" -newer "$T/attack.json")" "" "nothing is left behind"

# ---- jails with holes ----

# with PROCESS NAME=PROGRAM...: what is open in it when these stand in for the
# real ones.
with() {
	tap_process=$1
	shift
	rm -rf "$T/weak"
	mkdir -p "$T/weak/libexec"
	cp -r "$BUILD/bin" "$T/weak/bin"
	cp -r "$BUILD/libexec/airlock" "$T/weak/libexec/airlock"
	for tap_pair in "$@"; do
		cp "$BUILD/tests/hostile/${tap_pair#*=}" \
		    "$T/weak/libexec/airlock/${tap_pair%=*}"
	done
	"$T/weak/bin/airlock" --json audit --attack "$tap_process" \
	    >"$T/weak.json"
	echo "status $?, $(facts holes "$T/weak.json")"
}

if [ ! -x "$BUILD/tests/hostile/weak_launcher" ]; then
	skip 4 "tests/hostile/weak_* were not built"
else
	chmod 755 "$T"
	is "$(with extractor attack-extractor=weak_extractor)" "status 0, " \
	    "a hole in one of two filters is none yet"
	open=$(with extractor attack-extractor=weak_extractor \
	    launcher=weak_launcher)
	like "$open" '^status 7, .*extractor-template:socket_tcp' \
	    "one in both is found"
	like "$open" ' extractor-child:socket_tcp' "in both of its jails"
	open=$(with dialer attack-dialer=weak_dialer)
	like "$open" '^status 7, .*dialer:passwd_read' \
	    "a jail without its inner stage"
fi

done_testing
