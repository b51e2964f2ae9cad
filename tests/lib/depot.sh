# shellcheck shell=sh
# depot.sh - a depot in Genode's format, its publishers, and a web server for it.
#
# Read by `. tests/lib/depot.sh`, after tap.sh.  All that is made lies beneath
# $T and is removed at the end, together with every process started here:
#
#	$PUB	what the server serves: archives and signatures
#	$KEYS	USER.asc, the publishers' public keys
#	$ROOT	a depot to install to (root_new makes another)
#	$URL	the server's, once web_start was called
#	$CA	the certificate of its authority
#
# AIRLOCK names the program under test, SRC the source tree, ARCH the architecture
# of bin archives.

: "${AIRLOCK:?the program to test}" "${SRC:?the tree of sources}"
ARCH=x86_64
PUB=$T/pub KEYS=$T/keys CA=$T/tls/ca.pem URL=''
GNUPGHOME=$T/gpg
PATH=$PATH:/usr/sbin:/sbin
export GNUPGHOME PATH
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
umask 022
mkdir "$PUB" "$KEYS" "$T/tls"
mkdir -m 700 "$GNUPGHOME"

at_end 'web_stop; gpgconf --kill gpg-agent'

# ---- publishers ----

# publisher USER...: each gets a key of its own.
publisher() {
	for depot_user in "$@"; do
		gpg --batch --quiet --passphrase '' --quick-generate-key \
		    "$depot_user <$depot_user@example.org>" \
		    "${KEYTYPE:-ed25519}" sign never 2>/dev/null &&
		gpg --batch --armor --export "=$depot_user <$depot_user@example.org>" \
		    >"$KEYS/$depot_user.asc" || return 1
	done
}

# sign USER FILE: make FILE.sig, a binary detached signature.
sign() {
	gpg --batch --quiet --yes --digest-algo SHA256 \
	    --local-user "=$1 <$1@example.org>" \
	    --detach-sign --output "$2.sig" "$2"
}

# pack PATH DIR: DIR as the archive PATH (alice/raw/x/1), its top directory
# named as PATH ends, signed by PATH's user.
pack() {
	pack_as "$1" "$2" "${1##*/}" && sign "${1%%/*}" "$PUB/$1.tar.xz"
}

# pack_as PATH DIR TOP: the same with another top directory, and unsigned.
pack_as() {
	mkdir -p "$PUB/${1%/*}" &&
	tar -C "$2" --sort=name --owner=0 --group=0 --numeric-owner \
	    --transform "s,^\.,$3,S" -cf - . | xz -1 -c >"$PUB/$1.tar.xz"
}

# pkg PATH DEPENDENCY...: a pkg archive that lists them.
pkg() {
	depot_dir=$T/content/$1
	mkdir -p "$depot_dir" || return 1
	depot_path=$1
	shift
	printf '%s\n' "$@" >"$depot_dir/archives"
	echo "The package $depot_path." >"$depot_dir/README"
	pack "$depot_path" "$depot_dir"
}

# text PATH LINE...: an archive with one file "content" that has these lines.
text() {
	depot_dir=$T/content/$1
	mkdir -p "$depot_dir" || return 1
	depot_path=$1
	shift
	printf '%s\n' "$@" >"$depot_dir/content"
	pack "$depot_path" "$depot_dir"
}

# noise PATH MEBIBYTES: an archive that cannot be compressed.
noise() {
	depot_dir=$T/content/$1
	mkdir -p "$depot_dir" &&
	head -c "$2"M /dev/urandom >"$depot_dir/noise" &&
	pack "$1" "$depot_dir"
}

# ---- the depot that is installed to ----

# root_new [USER...]: $ROOT is a fresh one that knows these publishers at $URL.
root_new() {
	ROOT=$(mktemp -d "$T/root.XXXXXX") || return 1
	for depot_user in "$@"; do
		know "$depot_user" "$URL" || return 1
	done
}

# know USER URL
know() {
	"$AIRLOCK" --root "$ROOT" user add "$1" --url "$2" \
	    --key "$KEYS/$1.asc" >"$T/know" 2>&1 || {
		cat "$T/know"
		return 1
	}
}

# airlock COMMAND...: on $ROOT.  install PATH...: with what tests need.
airlock() {
	"$AIRLOCK" --root "$ROOT" "$@"
}
install() {
	"$AIRLOCK" --root "$ROOT" install --ca "$CA" --arch "$ARCH" "$@"
}

# install_start PATH...: the same in the background, as process $run; what it
# says goes to $T/run.  Not by way of a subshell, whose pid would be another; and
# SIGINT, which a shell makes its background ignore, works.
install_start() {
	env --default-signal=INT "$AIRLOCK" --root "$ROOT" install \
	    --ca "$CA" --arch "$ARCH" "$@" >"$T/run" 2>&1 &
	run=$!
	at_end "kill $run"
}

# shellcheck disable=SC2034	# status is for the caller
# install_wait: its exit status becomes $status.
install_wait() {
	status=0
	wait "$run" || status=$?
}

# exits STATUS TEXT COMMAND...: it ends with that status; what it says goes to
# $T/out and $T/err.
exits() {
	depot_want=$1 depot_text=$2
	shift 2
	depot_got=0
	"$@" >"$T/out" 2>"$T/err" || depot_got=$?
	is "$depot_got" "$depot_want" "$depot_text"
	if [ "$depot_got" != "$depot_want" ]; then
		diag "$(tail -n 20 "$T/out" "$T/err")"
	fi
}

# installed PATH: it lies in the depot exactly as it was packed.
installed() {
	diff -r --no-dereference "$T/content/$1" "$ROOT/depot/$1"
}

# absent PATH: neither in the depot nor half of it.
absent() {
	[ ! -e "$ROOT/depot/$1" ]
}

# nothing_left: no staging directory, no quarantined file.
nothing_left() {
	depot_left=$(find "$ROOT"/depot/.airlock "$ROOT"/public/.airlock \
	    -mindepth 1 ! -path "$ROOT/depot/.airlock/staging" 2>/dev/null)
	printf '%s' "$depot_left"
	[ -z "$depot_left" ]
}

# tree: all that is in $ROOT's depot and public, with digests, to compare.
tree() {
	(cd "$ROOT" && find depot public -type f ! -path '*/.airlock/*' \
	    -exec sha256sum {} + 2>/dev/null | sort -k2)
}

# ---- the web server ----

# An authority and a certificate for localhost; and one of nobody's.
tls_new() {
	for depot_name in ca other; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		    -nodes -days 3 -subj "/CN=$depot_name of a test" \
		    -keyout "$T/tls/$depot_name.key" \
		    -out "$T/tls/$depot_name.pem" 2>/dev/null || return 1
	done
	tls_certificate server 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2' 3
}

# tls_certificate NAME ALTERNATIVE-NAMES DAYS: signed by the test's authority.
tls_certificate() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$1" -keyout "$T/tls/$1.key" \
	    -out "$T/tls/$1.csr" 2>/dev/null &&
	printf 'basicConstraints=CA:FALSE\nsubjectAltName=%s\n' "$2" \
	    >"$T/tls/$1.ext" &&
	openssl x509 -req -in "$T/tls/$1.csr" -CA "$T/tls/ca.pem" \
	    -CAkey "$T/tls/ca.key" -CAcreateserial -days "$3" \
	    -extfile "$T/tls/$1.ext" -out "$T/tls/$1.pem" 2>/dev/null
}

# web_start http|https|http2 [DIRECTIVE...]: serve $PUB on a free port; further
# directives of nginx's go into its location.  Sets $URL; requests are logged to
# $T/web/access.log as METHOD URI STATUS PROTOCOL BYTES RANGE.  $WEB_ADDRESSES are
# those that it listens on, two of IPv4's unless told.
web_start() {
	command -v nginx >/dev/null || skip_all "nginx is not installed"
	web_scheme=https web_listen=
	case $1 in
	http) web_scheme=http ;;
	https) web_listen=' ssl' ;;
	http2) web_listen=' ssl http2' ;;
	esac
	shift
	web_stop
	[ "$web_scheme" = http ] || [ -e "$T/tls/server.pem" ] || tls_new ||
	    return 1
	rm -rf "$T/web"
	mkdir "$T/web" || return 1
	web_tries=20
	while [ $web_tries -gt 0 ]; do
		web_tries=$((web_tries - 1))
		web_port=$(od -An -N2 -tu2 /dev/urandom)
		web_port=$((20000 + web_port % 40000))
		web_config "$@" >"$T/web/nginx.conf"
		# It returns once it listens, or cannot.
		if nginx -p "$T/web" -e error.log -c nginx.conf \
		    >"$T/web/start" 2>&1; then
			while [ ! -s "$T/web/pid" ]; do sleep 0.01; done
			URL=$web_scheme://localhost:$web_port
			return 0
		fi
		grep -q 'Address already in use' "$T/web/start" || break
	done
	diag "$(cat "$T/web/start")"
	return 1
}

web_config() {
	if [ "$(id -u)" -eq 0 ]; then
		echo 'user root;'
	fi
	cat <<EOF
worker_processes 1;
pid pid;
events { worker_connections 64; }
http {
	default_type application/octet-stream;
	log_format test '\$request_method \$request_uri \$status '
	    '\$server_protocol \$body_bytes_sent "\$http_range"';
	access_log access.log test;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	server {
EOF
	for web_address in ${WEB_ADDRESSES:-127.0.0.1 127.0.0.2}; do
		echo "listen $web_address:$web_port$web_listen;"
	done
	if [ "$web_scheme" = https ]; then
		cat <<EOF
		ssl_certificate $T/tls/${WEB_CERTIFICATE:-server}.pem;
		ssl_certificate_key $T/tls/${WEB_CERTIFICATE:-server}.key;
EOF
	fi
	cat <<EOF
		location / {
			root $PUB;
$(printf '\t\t\t%s\n' "$@")
		}
	}
}
EOF
}

# web_stop: idempotent; returns when nginx is gone.
web_stop() {
	[ -s "$T/web/pid" ] || return 0
	web_pid=$(cat "$T/web/pid")
	kill "$web_pid" 2>/dev/null || return 0
	while kill -0 "$web_pid" 2>/dev/null; do sleep 0.01; done
	rm -f "$T/web/pid"
}

# requests PATTERN: how many lines of its log match.
requests() {
	grep -cE -- "$1" "$T/web/access.log" || :
}

# ---- processes ----

# processes PID: PID and all that descend from it, one "pid name" a line; not those
# that have ended (Z, X) and only wait for their parent to hear of it.
processes() {
	# pid (name) state parent: a name may have blanks
	cat /proc/[0-9]*/stat 2>/dev/null |
	    sed -n 's/^\([0-9]*\) (\(.*\)) [^ZX] \([0-9]*\) .*/\1 \3 \2/p' |
	    awk -v top="$1" '
	{ parent[$1] = $2; name[$1] = $3 }
	END {
		for (pid in parent) {
			for (p = pid; p in parent && p != top; p = parent[p])
				;
			if (p == top)
				print pid, name[pid]
		}
	}'
}

# process PID NAME: the pid of one of PID's descendants that is called so.
process() {
	processes "$1" | awk -v name="$2" '$2 == name { print $1; exit }'
}

# ---- what --json said ----

# results: of the last command that `exits` ran with --json, "PATH RESULT
# REASON" a line, sorted.
results() {
	"$SRC/tests/lib/events" "$T/out" | sort
}

# result PATH: only that one's "RESULT REASON".
result() {
	results | sed -n "s,^$1 ,,p"
}
