#!/bin/sh
# No include and no link crosses a wall, and the tool that says so sees it when
# one does: each case below doctors a copy of the build's maps, dependency files
# and programs.
. "$SRC/tests/lib/tap.sh"

command -v readelf >/dev/null || skip_all "readelf is not installed"
cd "$SRC" || exit 1

# fixture: a fresh copy in $T/build.
fixture() {
	rm -rf "$T/build"
	mkdir "$T/build"
	cp -r "$BUILD/map" "$BUILD/bin" "$BUILD/libexec" "$BUILD/obj" "$T/build"
	sed -i "s,[^ ]*obj/,$T/build/obj/,
	    s,[^ ]*lib/lib\([a-z]*\.a(\),$T/build/lib/lib\1," "$T"/build/map/*.map
}

# crosses WHAT SAID: the copy as it is now crosses a wall, which is said so.
crosses() {
	not "$1" tools/walls "$T/build"
	like "$(cat "$T/said")" "$2" "$1: it says so"
}

# includes OBJECT HEADER: the object depends on the header, too.
includes() {
	fixture
	sed -i "1s,\$, $2 \\\\," "$T/build/obj/$1.d"
}

# links PROGRAM OBJECT: the linker has taken the object, too.
links() {
	fixture
	printf ' .text          0x0000000000001000       0x10 %s\n' "$2" \
	    >>"$T/build/map/$1.map"
}

# loads PROGRAM LIBRARY...: the program is one that needs these libraries.
loads() {
	fixture
	loads_program=$1
	shift
	echo 'int main(void) { return 0; }' |
	    "${CC:-cc}" -x c -o "$T/build/libexec/airlock/$loads_program" - \
	    -Wl,--no-as-needed "$@"
}

ok "nothing crosses a wall" tools/walls "$BUILD"
fixture
ok "nor in a copy" tools/walls "$T/build"

includes fetcher/network extractor/unpack.h
crosses "a worker includes another one's header" \
    '^walls: fetcher: obj/fetcher/network\.o includes extractor/unpack\.h$'
includes fetcher/network extractor/extractor.h
crosses "be it the interface" 'includes extractor/extractor\.h$'
includes fetcher/network ../fetcher/../verifier/gpg.h
crosses "however it is spelled" 'includes verifier/gpg\.h$'
includes jail/enter verifier/verifier.h
crosses "and what workers share includes none" \
    '^walls: dialer: obj/jail/enter\.o includes verifier/verifier\.h$'
includes manager/fetch fetcher/session.h
crosses "the manager includes more than an interface" \
    '^walls: manager: obj/manager/fetch\.o includes fetcher/session\.h$'
includes jail/spawn dialer/dialer.h
crosses "the launcher includes an interface" \
    '^walls: launcher: obj/jail/spawn\.o includes dialer/dialer\.h$'
includes cli/install manager/manager.h
crosses "the cli includes the manager" 'cli/install\.o includes manager/manager\.h$'
includes trust/check manager/manager.h
crosses "and so does what the manager links" \
    '^walls: manager: obj/trust/check\.o includes manager/manager\.h$'

links manager "$T/build/obj/fetcher/network.o"
crosses "the manager links a worker's object" \
    '^walls: manager links obj/fetcher/network\.o$'
links launcher "$T/build/lib/libextractor.a(unpack.o)"
crosses "the launcher does, from an archive" \
    '^walls: launcher links obj/extractor/unpack\.o$'
links verifier "$T/build/obj/extractor/unpack.o"
crosses "a worker links another one's object" \
    '^walls: verifier links obj/extractor/unpack\.o$'
links attack-packer "$T/build/obj/packer/pack.o"
crosses "an attacker links more than the way into a jail" \
    '^walls: attack-packer links obj/packer/pack\.o$'
links attack-packer "$T/build/obj/reader/enter.o"
crosses "or the way into another one" \
    '^walls: attack-packer links obj/reader/enter\.o$'
links manager "/usr/lib/libcurl.a(easy.o)"
crosses "a library within a program" \
    '^walls: manager links /usr/lib/libcurl\.a\(easy\.o\)$'

loads manager -lcurl
crosses "the manager needs libcurl" '^walls: manager links libcurl$'
loads launcher -lseccomp -larchive
crosses "the launcher needs libarchive" '^walls: launcher links libarchive$'
loads launcher -lseccomp
crosses "or libseccomp" '^walls: launcher links libseccomp$'
loads manager -lmd -lseccomp
crosses "the manager does" '^walls: manager links libseccomp$'
loads dialer -lseccomp -lcurl
crosses "a worker needs another one's library" \
    '^walls: dialer and fetcher both link libcurl$'

rm "$T"/build/map/*
not "no program at all is refused" tools/walls "$T/build"

done_testing
