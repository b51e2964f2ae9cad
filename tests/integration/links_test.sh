#!/bin/sh
# What each program is linked with: the trusted ones with next to nothing, each
# worker with its own library and no other's; and how it was hardened.
. "$SRC/tests/lib/tap.sh"

command -v readelf >/dev/null || skip_all "readelf is not installed"

# libraries PROGRAM: that it names itself, sorted, without versions.
libraries() {
	readelf -d "$BUILD/$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p' |
	    sort | xargs
}

like "$(libraries libexec/airlock/manager)" '^libc libmd$' "manager"
like "$(libraries libexec/airlock/launcher)" '^libc$' "launcher"
like "$(libraries libexec/airlock/dialer)" '^libc( libseccomp)?$' "dialer"
like "$(libraries libexec/airlock/fetcher)" \
    '^libc( libcrypto)? libcurl( libseccomp)?( libssl)?$' "fetcher"
like "$(libraries libexec/airlock/verifier)" \
    '^libc( libgpg-error)? libgpgme( libseccomp)?$' "verifier"
like "$(libraries libexec/airlock/sequoia)" '^libc( libseccomp)?$' "sequoia"
like "$(libraries libexec/airlock/extractor)" \
    '^libarchive libc( liblzma)? libnettle( libseccomp)?$' "extractor"
like "$(libraries libexec/airlock/packer)" \
    '^libarchive libc liblzma( libseccomp)?$' "packer"
like "$(libraries libexec/airlock/checker)" '^libc libnettle( libseccomp)?$' \
    "checker"
like "$(libraries libexec/airlock/reader)" '^libc( libseccomp)?$' "reader"
for attacker in "$BUILD"/libexec/airlock/attack-*; do
	like "$(libraries "libexec/airlock/${attacker##*/}")" \
	    '^libc( libseccomp)?$' "${attacker##*/}"
done
like "$(libraries libexec/airlock/signer)" \
    '^libc( libgpg-error)? libgpgme( libseccomp)?$' "signer"

for program in bin/airlock libexec/airlock/manager libexec/airlock/launcher \
    libexec/airlock/dialer libexec/airlock/fetcher \
    libexec/airlock/verifier libexec/airlock/sequoia \
    libexec/airlock/extractor \
    libexec/airlock/packer libexec/airlock/signer \
    libexec/airlock/reader libexec/airlock/checker; do
	elf=$(readelf -hlW "$BUILD/$program"; readelf -dW "$BUILD/$program")
	like "$elf" 'Type: *DYN' "$program: position independent"
	like "$elf" 'GNU_RELRO' "$program: RELRO"
	like "$elf" 'BIND_NOW|FLAGS.*NOW' "$program: bound at start"
	like "$elf" 'GNU_STACK.* RW ' "$program: no executable stack"
	not "$program: no path of its own to libraries" \
	    sh -c 'readelf -d "$1" | grep -E "RPATH|RUNPATH"' sh "$BUILD/$program"
done

done_testing
