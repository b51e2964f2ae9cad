#!/bin/sh
# A download that was interrupted goes on where it stopped; if the file on the
# server changed meanwhile, it begins again.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
noise alice/raw/big/1 6

# interrupted SIGNAL: a slow download is ended in its middle.  The rest is not
# slow.
interrupted() {
	web_start https 'set $limit_rate 2m;' \
	    'if ($http_range) { set $limit_rate 0; }'
	root_new alice
	install_start alice/raw/big/1
	tries=100
	while [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		have=$(find "$ROOT/public/.airlock" -type f -size +1024k 2>/dev/null)
		[ -z "$have" ] || break
		sleep 0.1
	done
	kill "-$1" $run
	install_wait
}

# Beneath quarantine the bytes so far are kept.
for signal in KILL INT TERM; do
	interrupted $signal
	[ $signal = KILL ] || is $status 130 "SIG$signal: exit status"
	ok "SIG$signal: nothing installed" absent alice/raw/big/1
	# What it logs from here on is the second run's.
	: >"$T/web/access.log"
	exits 0 "SIG$signal: the next run finishes" install alice/raw/big/1
	is "$(requests "GET /alice/raw/big/1.tar.xz 206 .*bytes=[1-9][0-9]*-")" 1 \
	    "SIG$signal: it asked for the rest only"
	ok "SIG$signal: installed" installed alice/raw/big/1
	ok "SIG$signal: nothing left over" nothing_left
done

interrupted KILL
sleep 1.1	# nginx's entity tag has the time in seconds
noise alice/raw/big/1 6
exits 0 "changed on the server meanwhile" install alice/raw/big/1
ok "the new one is installed" installed alice/raw/big/1
ok "nothing left over" nothing_left

done_testing
