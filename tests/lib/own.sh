# shellcheck shell=sh
# own.sh - a test in namespaces of its own, where it may mount file systems and
# start networks, as an ordinary user as well.
#
# Read by `. tests/lib/own.sh`, after tap.sh and before depot.sh.

# own_namespaces OPTION...: start the test again in those that these options of
# unshare's (-m, -n) name; returns in there.  All are left out if there are none.
own_namespaces() {
	if [ -n "${OWN_NAMESPACES:-}" ]; then
		own_airlock
		return 0
	fi
	# Root stays who it is: only so it has uids to give to the workers.
	[ "$(id -u)" -eq 0 ] || set -- --map-current-user --keep-caps "$@"
	unshare "$@" true 2>"$T/err" ||
	    skip_all "no namespaces of its own: $(cat "$T/err")"
	tap_end
	exec env OWN_NAMESPACES=yes unshare "$@" "$0"
}

# An ordinary user has capabilities in there: what is tested is to have none.
own_airlock() {
	[ "$(id -u)" -ne 0 ] || return 0
	printf '#!/bin/sh\nexec setpriv %s "%s" "$@"\n' \
	    '--inh-caps -all --ambient-caps -all' "$AIRLOCK" >"$T/airlock"
	chmod 755 "$T/airlock"
	AIRLOCK=$T/airlock
}
