#!/bin/sh
# What tests/lib/check says of tests that were left out, whole or in part: the
# reason of each, and the summary stays its end.
. "$SRC/tests/lib/tap.sh"

mkdir -p "$T/src/tests/integration" "$T/build/tests/unit" "$T/tmp"
cp -r "$SRC/tests/lib" "$T/src/tests/lib"
cat >"$T/src/tests/integration/part_test.sh" <<'EOF'
#!/bin/sh
. "$SRC/tests/lib/tap.sh"
ok "this one works" true
skip 2 "no moon tonight"
if [ -e "$SRC/red" ]; then
	ok "this one does not" false
fi
done_testing
EOF
cat >"$T/src/tests/integration/whole_test.sh" <<'EOF'
#!/bin/sh
. "$SRC/tests/lib/tap.sh"
skip_all "no sun today"
EOF
# As cmocka 1.1.5 and later ones say it.
cat >"$T/build/tests/unit/c_test" <<'EOF'
#!/bin/sh
printf '1..3\n# skipped: no C\nnot ok 1 # SKIP old\n'
printf '# skipped: nor D\nok 2 # SKIP new\nok 3 # SKIP silent\n'
EOF
chmod 755 "$T" "$T"/src/tests/integration/* "$T/build/tests/unit/c_test"
chmod 777 "$T/tmp"

# check COMMAND...: all of these tests, by way of it; what is shown is $shown.
check() {
	result=0
	(cd "$T/src" && unset CHECK_UID &&
	    TMPDIR=$T/tmp "$@" tests/lib/check "$T/build") >"$T/check" 2>&1 ||
	    result=$?
	shown=$(cat "$T/check")
}

check
is $result 0 "tests that were left out are no failure"
like "$shown" '^ok 2 - # SKIP no moon tonight$' "a part, with its reason"
like "$shown" '^ok 3 - # SKIP no moon tonight$' "and each further one"
like "$shown" 'whole_test.sh .* skipped: no sun today$' "a whole test"
like "$shown" '^ok 1 # SKIP old: no C$' "a part in C"
like "$shown" '^ok 2 # SKIP new: nor D$' "a part in C, of a later cmocka"
like "$shown" '^ok 3 # SKIP silent$' "no reason is another's"
is "$(tail -n 1 "$T/check")" 'Result: PASS' "the summary is its end"

# Anybody but root: whoever runs this test, or nobody.
if [ "$(id -u)" -eq 0 ]; then
	not "root is not told that it is not" grep '^check: ' "$T/check"
	check setpriv --reuid 65534 --regid 65534 --clear-groups
fi
is $result 0 "as an ordinary user it works as well"
like "$shown" '^check: not as root: ' "who is told that this is a part of it"
is "$(tail -n 1 "$T/check")" 'Result: PASS' "the summary is still its end"

touch "$T/src/red"
check
is $result 1 "a failure is one"
is "$(tail -n 1 "$T/check")" 'Result: FAIL' "and the summary says so"

done_testing
