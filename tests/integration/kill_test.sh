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
web_start https 'limit_rate 4m;'

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

# all_there: each of the six.
all_there() {
	[ "$(find "$ROOT/depot/alice" -name noise | wc -l)" = 6 ]
}

# strike MILLISECONDS: an install in a fresh depot, and one $victim killed while
# it lived; $struck is "hit" then, $status the exit status, $family all the others.
strike() {
	root_new alice
	"$SRC/tests/lib/strike" $victim "$1" "$AIRLOCK" --root "$ROOT" install \
	    --ca "$CA" alice/pkg/all/1 3>"$T/strike" >"$T/run" 2>&1
	read -r struck status family <"$T/strike"
}

# told: the exit status fits to what happened.  Whatever dies, the work may have
# been done before; but 0 means that it was.
told() {
	case $victim:$status in
	airlock:*) [ "$status" = 137 ] ;;
	manager:1 | *:7) ;;
	*:0) all_there ;;
	*) return 1 ;;
	esac
}

for victim in airlock launcher manager dialer fetcher verifier extractor; do
	hits=0
	# Some have ended before that moment: until two were met.
	for round in 1 2 3 4 5 6 7 8; do
		[ $hits -lt 2 ] || break
		# A dialer lives for a moment only: the first one is it.
		moment=0
		[ $victim = dialer ] || moment=$(random 600)
		strike "$moment"
		[ "$struck" = hit ] || continue
		hits=$((hits + 1))
		diag "$victim killed in round $round: exit status $status"
		ok "$victim $round: exit status $status is right" told
		ok "$victim $round: all its processes are gone" gone "$family"
		ok "$victim $round: the depot is valid" valid
		exits 0 "$victim $round: the next run finishes" \
		    install alice/pkg/all/1
		ok "$victim $round: all is there" all_there
	done
	ok "$victim: $hits living ones were killed" [ $hits -ge 1 ]
done
exits 0 "the last depot is complete" install alice/pkg/all/1
ok "nothing left over" nothing_left
ok "valid" valid

done_testing
