#!/bin/sh
# What the command says and how it exits when it is used wrongly or cannot do it.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/depot.sh"

publisher alice
text alice/raw/data/1 "data"
web_start https
root_new alice

exits 2 "no command" airlock
exits 2 "an unknown command" airlock instal alice/raw/data/1
exits 2 "an unknown option" airlock install --fast alice/raw/data/1
exits 2 "nothing to install" install
exits 2 "a number that is none" install --jobs many alice/raw/data/1
for command in '' install verify list remove gc user 'user add'; do
	# shellcheck disable=SC2086	# words
	exits 0 "help $command" "$AIRLOCK" help $command
	ok "says something" [ -s "$T/out" ]
done

for path in alice/raw/data alice/raw/../1 /alice/raw/data/1 \
    alice/raw/.data/1 alice/nothing/data/1 "alice/raw/da ta/1" ''; do
	"$AIRLOCK" --root "$ROOT" install --ca "$CA" "$path" >"$T/out" 2>&1
	like $? '^[25]$' "no archive's path: '$path'"
done

exits 4 "an unknown user" install bob/raw/data/1
like "$(cat "$T/err")" 'airlock user add bob' "says how to add one"
exits 3 "not there" install alice/raw/nothing/1
web_stop
exits 3 "no server" install alice/raw/data/1
like "$(cat "$T/err")" 'refuses connections' "says that it refuses connections"

root_new
know alice https://nowhere.invalid/
exits 3 "a server whose name does not resolve" \
    timeout 60 "$AIRLOCK" --root "$ROOT" install --ca "$CA" alice/raw/data/1
escape=$(printf '\033')
install "alice/raw/${escape}[2J/1" >"$T/said" 2>&1
not "no terminal escapes from a path" grep "$escape" "$T/said"

web_start https
root_new alice
chmod 777 "$ROOT"
exits 1 "a ROOT that others may write" install alice/raw/data/1
like "$(cat "$T/err")" 'others than you may write it' "says so"
chmod 755 "$ROOT"
mkdir -p "$ROOT/public"
chmod 775 "$ROOT/public"
exits 1 "a part of it that others may write" install alice/raw/data/1
like "$(cat "$T/err")" 'public: others than you may write it' "says so"
chmod 755 "$ROOT/public"
mkdir -p "$ROOT/depot/alice/raw/data/1"
exits 1 "a directory that airlock did not install" airlock --json install \
    --ca "$CA" alice/raw/data/1
is "$(result alice/raw/data/1)" "failed foreign" "is called foreign"
is "$(ls -A "$ROOT/depot/alice/raw/data/1")" "" "and left alone"

# The most severe of several: untrusted (4) before unavailable (3).
exits 4 "two failures" install alice/raw/nothing/1 bob/raw/data/1

done_testing
