#!/bin/sh
# Manager and launcher are jailed themselves: what the kernel says of the running
# ones, and what a manager meets that is not what it should be.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

CAPTIVE=$BUILD/tests/hostile/captive
[ -x "$CAPTIVE" ] || skip_all "tests/hostile/captive was not built"

publisher alice
noise alice/raw/n/1 4
pkg alice/pkg/all/1 alice/raw/n/1
web_start https 'limit_rate 500k;'

# ---- the true ones, while they run ----

# status PID FIELD
status_of() {
	sed -n "s/^$2:[	 ]*//p" "/proc/$1/status"
}

# child NAME: the pid of the one of $run's children that is called so by now.
child() {
	# shellcheck disable=SC2013	# words
	for child_pid in $(cat "/proc/$run/task/$run/children"); do
		if [ "$(cat "/proc/$child_pid/comm")" = "$1" ]; then
			echo "$child_pid"
			return
		fi
	done
	return 1
}

root_new alice
install_start alice/pkg/all/1
tries=0
until manager=$(child manager) && launcher=$(child launcher) ||
    [ $tries -eq 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
for program in manager launcher; do
	[ $program = manager ] && pid=$manager || pid=$launcher
	is "$(status_of "$pid" Seccomp)" 2 "$program: has a filter"
	is "$(status_of "$pid" NoNewPrivs)" 1 "$program: gains no privileges"
	like "$(grep '^Max core file size' "/proc/$pid/limits")" ' 0 +0 ' \
	    "$program: leaves no core"
	like "$(grep '^Max open files' "/proc/$pid/limits")" ' 1024 +1024 ' \
	    "$program: descriptors end below its program's"
done
# 0: CAP_CHOWN, 1: DAC_OVERRIDE, 3: FOWNER, 5: KILL; 6, 7: SETGID, SETUID,
# 31: SETFCAP, all three in the launcher's user namespace
if [ "$(id -u)" -eq 0 ]; then
	is "$(status_of "$manager" CapPrm)" 000000000000002b \
	    "manager: four capabilities"
	is "$(status_of "$manager" CapBnd)" 000000000000002b \
	    "manager: and no way to more"
else
	is "$(status_of "$manager" CapEff)" 0000000000000000 \
	    "manager: no capability"
fi
is "$(status_of "$launcher" CapPrm)" 00000000800000c0 \
    "launcher: three capabilities, in a namespace of its own"
[ "$(id -u)" -eq 0 ] ||
    not "manager: not to be looked into" test -r "/proc/$manager/fd"
install_wait
is "$status" 0 "and what they are for works"

root_new alice
exits 7 "without a thousand descriptors it does not begin" sh -c \
    'ulimit -n 512 && exec "$@"' sh "$AIRLOCK" --root "$ROOT" install \
    --ca "$CA" alice/pkg/all/1
like "$(cat "$T/err")" '1025 descriptors are needed' "and says why"

# ---- another program in the place of one ----

# false PROGRAM: an airlock whose manager or launcher is the captive.
false() {
	mkdir "$T/$1"
	cp -r "$BUILD/bin" "$BUILD/libexec" "$T/$1"
	cp "$CAPTIVE" "$T/$1/libexec/airlock/$1"
}
false manager
false launcher
real=$AIRLOCK

# captive PROGRAM ACT
captive() {
	AIRLOCK=$real
	root_new alice
	AIRLOCK=$T/$1/bin/airlock
	captive_status=0
	echo "$2" | tr -d '\n' |
	    install alice/pkg/all/1 >"$T/out" 2>"$T/err" || captive_status=$?
	captive_result=$(sed -n 's/^captive: //p' "$T/err")
}

# free ACT: outside a jail it does it: else its failing inside proves nothing.
free() {
	[ ! -e "$T/free.$1" ] || return 0
	mkdir -p "$T/free.$1/depot"
	is "$(printf %s "$1" | "$CAPTIVE" 5<"$T/free.$1/depot" 2>&1)" \
	    "captive: 0" "$1: can be done without a jail"
}

# ends PROGRAM ACT: it ends the program, which is said.
ends() {
	free "$2"
	captive "$1" "$2"
	is "$captive_status $captive_result" "7 " "$1: $2 ends it"
	like "$(cat "$T/err")" \
	    "violated: the $1 made a forbidden system call" "$2: said so"
	ok "$2: nothing was installed" absent alice/raw/n/1
}

# fails PROGRAM ACT ERRNO
fails() {
	free "$2"
	captive "$1" "$2"
	is "$captive_result" "$3" "$1: $2 is refused"
	ok "$2: such a $1 installs nothing" absent alice/raw/n/1
}

eperm=1 eacces=13 einval=22
for act in socket pair execve fork limit signal ptrace unshare; do
	ends manager $act
done
if [ "$(printf landlock | "$CAPTIVE" 2>&1)" = "captive: 0" ]; then
	for act in read write execveat; do
		fails manager $act $eacces
	done
else
	skip 9 "no Landlock here"
fi
fails manager number $einval
case $(uname -r) in
5.*|6.[012].*)
	skip 3 "Linux before 6.3 lets what was written be executed" ;;
*)	fails manager code $eacces ;;
esac
free make
captive manager make
is "$captive_result" 0 "a file can be made in the depot"

for act in signal ptrace unshare; do
	ends launcher $act
done
fails launcher pair $eperm
fails launcher limit $eperm
fails launcher number $einval

done_testing
