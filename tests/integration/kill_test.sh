#!/bin/sh
# kill -9 of each process at random moments: the depot is valid all the time,
# nothing stays running, and the next run finishes the job.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
set --
for i in 1 2 3 4 5 6; do
	noise alice/raw/n/$i 1
	set -- "$@" alice/raw/n/$i
done
pkg alice/pkg/all/1 "$@"
web_start https 'limit_rate 2m;'

# random LIMIT: 0 to LIMIT - 1
random() {
	echo $(($(od -An -N2 -tu2 /dev/urandom) % $1))
}

# valid: what is in the depot has a receipt, is complete and as it was packed.
valid() {
	for path in alice/pkg/all/1 alice/raw/n/1 alice/raw/n/2 \
	    alice/raw/n/3 alice/raw/n/4 alice/raw/n/5 alice/raw/n/6; do
		if [ -e "$ROOT/depot/$path" ]; then
			installed $path || return 1
			grep -rq "$path" "$ROOT/state" || return 1
		fi
	done
}

# gone PIDS: none of them runs any more, after a moment.
gone() {
	for tries in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		alive=
		for pid in $1; do
			state=$(sed -n 's/^.*) \(.\) .*/\1/p' \
			    "/proc/$pid/stat" 2>/dev/null)
			case $state in
			'' | Z) ;;
			*) alive="$alive $pid" ;;
			esac
		done
		[ -z "$alive" ] && return 0
		sleep 0.1
	done
	echo "after $tries tries still there:$alive"
	return 1
}

met=0
for victim in airlock launcher manager dialer fetcher verifier extractor; do
	hits=0
	# Some are gone before they are found: until two were met.
	for round in 1 2 3 4 5 6 7 8; do
		[ $hits -lt 2 ] || break
		root_new alice
		install_start alice/pkg/all/1
		# A dialer lives for a moment only: look for it all the time.
		[ $victim = dialer ] || sleep "0.$(random 3)$(random 10)"
		pid='' tries=200
		while [ -z "$pid" ] && [ $tries -gt 0 ]; do
			tries=$((tries - 1))
			pid=$(process $run $victim)
			kill -0 $run 2>/dev/null || break
		done
		family=$(processes $run | cut -d' ' -f1 | xargs)
		[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
		install_wait
		if [ -z "$pid" ]; then
			continue
		fi
		hits=$((hits + 1))
		met=$((met + 1))
		diag "$victim killed in round $round: exit status $status"
		ok "$victim $round: all its processes are gone" gone "$family"
		ok "$victim $round: the depot is valid" valid
		exits 0 "$victim $round: the next run finishes" \
		    install alice/pkg/all/1
		ok "$victim $round: all is there, nothing left over" \
		    sh -c '[ "$(find "$0/depot/alice" -name noise | wc -l)" = 6 ]' "$ROOT"
	done
done
ok "most of them were met: $met of 14" [ $met -ge 9 ]
exits 0 "the last depot is complete" install alice/pkg/all/1
ok "nothing left over" nothing_left
ok "valid" valid

done_testing
