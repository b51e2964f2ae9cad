# shellcheck shell=sh
# tap.sh - Test Anything Protocol, for tests that are shell scripts.
#
# Read by `. tests/lib/tap.sh`.  A test ends with done_testing; whatever ends it
# earlier leaves no plan, and so fails.

#
# $T is a fresh directory, removed at the end (unless KEEP is set).

tap_count=0
T=$(mktemp -d "${TMPDIR:-/tmp}/airlock.XXXXXX") || exit 1

# at_end COMMAND: to be run, in the reverse order, when the test ends.
# shellcheck disable=SC2016	# expanded at the end
tap_cleanups='chmod -R u+rwX "$T"; rm -rf "$T"'
at_end() {
	tap_cleanups="$1; $tap_cleanups"
}

tap_end() {
	trap - EXIT
	if [ -n "${KEEP:-}" ]; then
		echo "# kept: $T"
		tap_cleanups=${tap_cleanups%chmod*}
	fi
	eval "$tap_cleanups" >/dev/null 2>&1
}
trap tap_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# ok TEXT COMMAND...: COMMAND succeeds.  What it said is shown if it does not.
ok() {
	tap_text=$1 tap_status=0
	shift
	"$@" >"$T/said" 2>&1 || tap_status=$?
	if [ $tap_status -eq 0 ]; then
		tap_result ok "$tap_text"
	else
		tap_result "not ok" "$tap_text"
		diag "exit status $tap_status of: $*"
		diag "$(tail -n 30 "$T/said")"
	fi
}

# not TEXT COMMAND...: COMMAND fails.
not() {
	tap_text=$1
	shift
	if "$@" >"$T/said" 2>&1; then
		tap_result "not ok" "$tap_text"
		diag "succeeded: $*"
		diag "$(tail -n 30 "$T/said")"
	else
		tap_result ok "$tap_text"
	fi
}

# is GOT WANTED TEXT: two strings are equal.
is() {
	if [ "$1" = "$2" ]; then
		tap_result ok "$3"
	else
		tap_result "not ok" "$3"
		diag "got:    $1"
		diag "wanted: $2"
	fi
}

# like STRING PATTERN TEXT: an extended regular expression is found in STRING.
like() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		tap_result ok "$3"
	else
		tap_result "not ok" "$3"
		diag "found no \"$2\" in:"
		diag "$1"
	fi
}

# skip HOW_MANY WHY: so many tests cannot be made here.
skip() {
	tap_left=$1
	while [ "$tap_left" -gt 0 ]; do
		tap_result ok "# SKIP $2"
		tap_left=$((tap_left - 1))
	done
}

# skip_all WHY: none of them can.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

diag() {
	printf '%s\n' "$1" | sed 's/^/# /'
}

done_testing() {
	echo "1..$tap_count"
}

tap_result() {
	tap_count=$((tap_count + 1))
	echo "$1 $tap_count - $2${tap_todo:+ # TODO $tap_todo}"
}

# todo REASON: what follows is known to fail, and is shown as such; todo "" ends
# that.
todo() {
	tap_todo=$1
}
