#!/bin/sh
# `make install` puts there what is needed, and where a packager wants it.
. "$SRC/tests/lib/tap.sh"

command -v make >/dev/null || skip_all "make is not installed"
cd "$SRC" || exit 1
unset MAKEFLAGS MAKELEVEL
ok "make install" make O="$BUILD" DESTDIR="$T/root" PREFIX=/usr install
for program in manager launcher dialer fetcher verifier extractor packer \
    signer reader checker; do
	ok "$program" [ -x "$T/root/usr/libexec/airlock/$program" ]
done
ok "airlock runs where it was installed" "$T/root/usr/bin/airlock" --version
ok "its page" [ -f "$T/root/usr/share/man/man1/airlock.1" ]
ok "the catalog's" [ -f "$T/root/usr/share/man/man5/airlock-catalog.5" ]
ok "its licence" [ -f "$T/root/usr/share/doc/airlock/LICENSE" ]
is "$(find "$T/root" -type f -perm /6022)" "" "nothing is writable for others"
ok "make uninstall" make O="$BUILD" DESTDIR="$T/root" PREFIX=/usr uninstall
is "$(find "$T/root" ! -type d)" "" "takes all of it away"

done_testing
