#!/bin/sh
# IPv6: a whole install from nginx on ::1, and names with two addresses, of which
# one refuses.  In a network of its own, which has ::1 wherever the kernel has
# IPv6, and names of its own.
. "$SRC/tests/lib/tap.sh"
. "$SRC/tests/lib/own.sh"
own_namespaces -m -n
. "$SRC/tests/lib/depot.sh"

command -v ip >/dev/null || skip_all "ip (iproute2) is not installed"
ip link set lo up
grep -q '^0*1 .* lo$' /proc/net/if_inet6 2>"$T/err" ||
    skip_all "this kernel has no IPv6"
printf '::1 localhost\n127.0.0.1 localhost\n' >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts

publisher alice
text alice/raw/data/1 "data"
noise alice/raw/large/1 2
pkg alice/pkg/all/1 alice/raw/data/1 alice/raw/large/1
tls_new
tls_certificate server 'DNS:localhost,IP:127.0.0.1,IP:::1' 3
tls_certificate name 'DNS:localhost,IP:::2' 3

# from HOST: the server by that name or address.
from() {
	URL=https://$1:${URL##*:}
	root_new alice
}

# installs_from HOST TEXT: the whole pkg.
installs_from() {
	from "$1"
	exits 0 "$2" install --retries 0 alice/pkg/all/1
	ok "$2: a file" installed alice/raw/data/1
	ok "$2: a large one" installed alice/raw/large/1
	ok "$2: nothing left over" nothing_left
}

# ---- a literal address ----
WEB_ADDRESSES='[::1]'
web_start http2
installs_from '[::1]' "from [::1]"
is "$(requests 'HTTP/2.0')" 8 "over HTTP/2"
is "$(requests 'GET /alice/catalog\.')" 2 "two of these for a catalog, in vain"

# ---- one of two addresses refuses ----
# The resolver has its own order: in one of these two the first one does.
installs_from localhost "from ::1, as 127.0.0.1 refuses"
WEB_ADDRESSES='127.0.0.1'
web_start https
installs_from localhost "from 127.0.0.1, as ::1 refuses"
from '[::1]'
exits 3 "of ::1 alone nothing" airlock --json install --ca "$CA" \
    --retries 0 alice/raw/data/1
is "$(result alice/raw/data/1)" 'failed connection-refused' "it refuses"

# ---- a certificate for another address ----
WEB_ADDRESSES='[::1]' WEB_CERTIFICATE=name
web_start https
from '[::1]'
exits 3 "a certificate for ::2" airlock --json install --ca "$CA" \
    alice/raw/data/1
is "$(result alice/raw/data/1)" 'failed certificate' "is none for ::1"
ok "nothing was asked for" [ "$(requests .)" = 0 ]

done_testing
