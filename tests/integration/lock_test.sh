#!/bin/sh
# Two airlocks on one depot: the second waits, says for whom, and both finish.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
noise alice/raw/slow/1 4
text alice/raw/data/1 "data"
pkg alice/pkg/both/1 alice/raw/slow/1 alice/raw/data/1
web_start https 'limit_rate 2m;'
root_new alice

install_start alice/pkg/both/1
tries=100
until [ "$(requests .)" -gt 0 ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
exits 0 "the second one, on the same archive" install alice/pkg/both/1
like "$(cat "$T/out" "$T/err")" "$(process $run manager)|$run" \
    "it named the one that it waited for"
install_wait
is $status 0 "the first one"
[ $status -eq 0 ] || diag "$(cat "$T/run")"
is "$(requests 'GET /alice/raw/slow/1.tar.xz ')" 1 "fetched once"
for path in alice/pkg/both/1 alice/raw/slow/1 alice/raw/data/1; do
	ok "$path" installed $path
done
ok "nothing left over" nothing_left

# Readers need no lock.
noise alice/raw/slow/2 3
install_start alice/raw/slow/2
sleep 0.3
exits 0 "list, meanwhile" timeout 5 "$AIRLOCK" --root "$ROOT" list
ok "the other still ran" kill -0 $run
install_wait
is $status 0 "and finished"

done_testing
