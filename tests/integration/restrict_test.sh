#!/bin/sh
# What the cli gives up itself, by the kernel's word about a running one;
# tests/unit/cli_restrict_test.c tries what it cannot do any more.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
noise alice/raw/n/1 4
web_start https 'limit_rate 500k;'
root_new alice
install_start alice/raw/n/1
tries=0
until [ -n "$(process "$run" extractor)" ] || [ $tries -eq 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
like "$(cat "/proc/$run/status")" '^NoNewPrivs:	1$' "install: gains no privileges"
like "$(cat "/proc/$run/status")" '^Seccomp:	2$' "install: has a filter"
install_wait
is "$status" 0 "and works"

done_testing
