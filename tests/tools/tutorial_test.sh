#!/bin/sh
# doc/TUTORIAL.md tells the truth: its commands are run as they stand there, but
# for the port, which may be in use here.
. "$SRC/tests/lib/tap.sh"

for tool in python3 curl gpg; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
page=$SRC/doc/TUTORIAL.md
HOME=$T/home
PATH=$(dirname "$AIRLOCK"):$PATH
export HOME PATH
unset GNUPGHOME AIRLOCK_ROOT
mkdir "$HOME"
at_end 'gpgconf --kill gpg-agent'

# free_port: one that nobody listens on.
free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

port=$(free_port)
{
	# The server ends with the script, wherever that ends.
	echo 'trap '\''kill "$server"'\'' EXIT'
	sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$page" | sed "s/\\b8000\\b/$port/g"
	echo 'trap - EXIT'
} >"$T/script"
ok "the page has commands" grep -q '^airlock publish ' "$T/script"
ok "they work" sh -eux "$T/script"
tutorial=$HOME/airlock-tutorial
ok "what was installed is what was published" cmp \
    "$tutorial/website/index.html" \
    "$tutorial/user/depot/alice/raw/website/2026-11-21/index.html"
is "$(AIRLOCK_ROOT=$tutorial/user airlock list | xargs)" \
    "alice/pkg/homepage/2026-11-21 alice/raw/website/2026-11-21" "both are"
sed -n 's,^    publisher/,,p' "$page" >"$T/files"
ok "the page names files" [ -s "$T/files" ]
while read -r file; do
	ok "$file" [ -f "$tutorial/publisher/$file" ]
done <"$T/files"

# The same four stand in the README, so that nobody has to look for them.
sed -n 's/^airlock \(create\|publish\|user add\|install\) .*raw.*/&/p
    /^airlock user add/p' "$T/script" | sed "s/\\b$port\\b/8000/" |
    sort -u >"$T/four"
is "$(wc -l <"$T/four")" 4 "four commands"
while read -r command; do
	ok "README: $command" grep -qxF "    $command" "$SRC/README.md"
done <"$T/four"

done_testing
