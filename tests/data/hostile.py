#!/usr/bin/env python3
"""Make archives that an extractor must survive.

hostile.py DIRECTORY writes DIRECTORY/NAME for each case below, and prints a
table: NAME, the outcome in the words of extractor.h, and what differs from the
usual request as key=value.  Cases that must succeed are among them.

Headers are built by hand: what a library refuses to write is the interesting
part.  Each function is one archive; its comment says what would go wrong.
"""
import bz2
import gzip
import io
import lzma
import os
import random
import struct
import sys
import zipfile
import zlib

TOP = "1.0"
BLOCK = 512
END = bytes(2 * BLOCK)

cases = []


def case(outcome, **request):
    """The function returns the archive's plain bytes, whole or in pieces."""
    def register(function):
        cases.append((function.__name__ + ".tar.xz", outcome, request,
                      lambda: compress(function())))
        return function
    return register


def raw(outcome, **request):
    """The function returns the file as it is."""
    def register(function):
        cases.append((function.__name__ + ".tar.xz", outcome, request,
                      lambda: function()))
        return function
    return register


def compress(plain):
    if isinstance(plain, bytes):
        return lzma.compress(plain, preset=0)
    encoder = lzma.LZMACompressor(preset=0)
    packed = [encoder.compress(piece) for piece in plain]
    return b"".join(packed) + encoder.flush()


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def octal(number, width):
    return b"%0*o\0" % (width - 1, number)


def number(value, width):
    """As GNU tar has it: octal, or a big-endian number behind 0x80 or 0xff."""
    if 0 <= value < 8 ** (width - 1):
        return octal(value, width)
    return (b"\xff" if value < 0 else b"\x80") + value.to_bytes(
        width - 1, "big", signed=True)


def header(name, kind="0", size=0, mode=0o644, link=b"", mtime=1000000000,
           magic=b"ustar\00000", prefix=b"", device=(0, 0)):
    fields = [name.ljust(100, b"\0"), octal(mode, 8), octal(0, 8), octal(0, 8),
              size if isinstance(size, bytes) else number(size, 12),
              number(mtime, 12), b" " * 8, kind.encode("latin-1"),
              link.ljust(100, b"\0"), magic.ljust(8, b"\0"),
              b"root".ljust(32, b"\0"), b"root".ljust(32, b"\0"),
              octal(device[0], 8), octal(device[1], 8),
              prefix.ljust(155, b"\0"), bytes(12)]
    block = b"".join(fields)
    assert len(block) == BLOCK, (len(block), name)
    checksum = b"%06o\0 " % sum(block)
    return block[:148] + checksum + block[156:]


def encoded(name):
    return name if isinstance(name, bytes) else name.encode("utf-8")


def file(name, data=b"x\n", **fields):
    return header(encoded(name), size=len(data), **fields) + padded(data)


def directory(name, **fields):
    return header(encoded(name), kind="5", mode=fields.pop("mode", 0o755),
                  **fields)


def symlink(name, target, **fields):
    return header(encoded(name), kind="2", link=encoded(target), **fields)


def hardlink(name, target, **fields):
    return header(encoded(name), kind="1", link=encoded(target), **fields)


def record(key, value):
    """One pax record; its length counts itself."""
    rest = b" " + encoded(key) + b"=" + encoded(value) + b"\n"
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def pax(*records, kind="x"):
    body = b"".join(r if isinstance(r, bytes) else record(*r) for r in records)
    return header(b"pax", kind=kind, size=len(body)) + padded(body)


def gnu_long(name, kind="L"):
    body = encoded(name) + b"\0"
    return header(b"././@LongLink", kind=kind, size=len(body)) + padded(body)


def top(*entries):
    return directory(TOP + "/") + b"".join(entries) + END


# ---- what must be unpacked ----

@case("done")
def plain():
    return top(file("1.0/a"), directory("1.0/d/"), file("1.0/d/b"),
               symlink("1.0/d/up", "../a"), hardlink("1.0/d/same", "1.0/a"))


@case("done")
def dot_slash():
    """`tar -c .` in the directory above."""
    return (directory("./") + directory("./1.0/") + file("./1.0/a") +
            hardlink("./1.0/b", "./1.0/a") + END)


@case("done")
def no_directory_entries():
    return file("1.0/a/b/c/d") + file("1.0/a/x") + file("1.0/z") + END


@case("done")
def directory_repeated():
    return top(file("1.0/d/a"), directory("1.0/d/"), directory("1.0/d/"))


@case("done")
def case_collision():
    return top(file("1.0/File", b"1"), file("1.0/file", b"2"))


@case("done")
def pax_names():
    """A composed and a decomposed name are two names; not UTF-8 is one too."""
    long = "1.0/" + "/".join(["d" * 200] * 3)
    return top(
        pax(("path", "1.0/\u00e9")), file("1.0/x", b"composed"),
        pax(("path", "1.0/e\u0301")), file("1.0/x", b"decomposed"),
        pax(("path", b"1.0/\xff\xfe")), file("1.0/x", b"latin"),
        pax(("path", long)), file("1.0/x", b"long"),
        pax(("path", "1.0/l\u00e9"), ("linkpath", "e\u0301")),
        symlink("1.0/x", "x"))


@case("done")
def gnu_names():
    long = "1.0/" + "/".join(["g" * 200] * 3)
    return top(gnu_long(long), file("1.0/x"), file(b"1.0/\xc3\xa9"),
               file(b"1.0/\xff"), gnu_long("t" * 300, "K"),
               symlink("1.0/l", "t" * 100))


@case("done")
def name_of_255():
    return top(gnu_long("1.0/" + "n" * 255), file("1.0/x"))


@case("done")
def set_id_bits():
    """Must come out without the bits."""
    return top(file("1.0/suid", mode=0o4755), file("1.0/sgid", mode=0o2644),
               directory("1.0/sticky/", mode=0o1777),
               file("1.0/write", mode=0o666), file("1.0/none", mode=0))


@case("done")
def directory_without_permissions():
    """Must stay removable."""
    return top(directory("1.0/d/", mode=0), file("1.0/d/a", mode=0))


@case("done")
def attributes():
    """Extended attributes, lists of access and flags come to nothing."""
    return top(
        pax(("SCHILY.xattr.user.x", "1"),
            ("SCHILY.xattr.security.capability", b"\1\0\0\2\0\4\0\0"),
            ("SCHILY.acl.access", "user::rw-,user:root:rwx,group::r--,"
             "mask::rwx,other::r--"),
            ("SCHILY.acl.default", "user::rwx,group::rwx,other::rwx"),
            ("SCHILY.fflags", "immutable"), ("uid", "0"), ("uname", "root")),
        file("1.0/a"))


@case("done")
def times():
    return top(file("1.0/negative", mtime=-86400 * 365),
               pax(("mtime", "1234567890.123456789")), file("1.0/fraction"),
               file("1.0/zero", mtime=0),
               symlink("1.0/link", "zero", mtime=86400))


@case("done")
def time_far():
    """Longer than a file system may last; it takes the latest it knows."""
    return top(file("1.0/far", mtime=2 ** 60))


@case("done")
def pax_size_agrees():
    return top(pax(("size", "2")), file("1.0/a"))


@case("done")
def old_format():
    """Before POSIX: no magic, and a directory is a file with a slash."""
    return (header(b"1.0/", kind="\0", magic=b"", mode=0o755) +
            file("1.0/a", kind="\0", magic=b"") + END)


@case("done")
def git_archive():
    return (pax(("comment", "0" * 40), kind="g") + directory("1.0/") +
            file("1.0/a") + END)


@case("done")
def much_padding():
    return top(file("1.0/a")) + bytes(20480)


@raw("done")
def two_streams():
    """xz allows streams one after the other, and padding between them."""
    plain = top(file("1.0/a", b"y" * 5000))
    return (lzma.compress(plain[:777]) + bytes(8) +
            lzma.compress(plain[777:]) + bytes(4))


@case("done")
def file_across_blocks():
    data = random.Random(1).randbytes(200001)
    return top(file("1.0/big", data), file("1.0/after"))


@case("done")
def links_within():
    return top(symlink("1.0/dangling", "nowhere"), symlink("1.0/dot", "."),
               directory("1.0/a/"), directory("1.0/a/b/"),
               symlink("1.0/a/b/top", "../.."),
               symlink("1.0/a/b/far", "../../a/b/far"),
               symlink("1.0/slashes", "a//b/"))


@case("done")
def hardlink_across():
    return top(file("1.0/a/f"), hardlink("1.0/b/g", "1.0/a/f"),
               hardlink("1.0/h", "1.0/b/g"))


# ---- where a name leads ----

@case("absolute")
def absolute():
    return top(file("/etc/airlock-was-here"))


@case("absolute")
def absolute_pax():
    return top(pax(("path", "/etc/airlock-was-here")), file("1.0/a"))


@case("absolute")
def absolute_prefix():
    return top(header(b"a", prefix=b"/1.0", size=0))


@case("dotdot")
def dotdot():
    return top(file("1.0/../../outside"))


@case("dotdot")
def dotdot_first():
    return top(file("../outside"))


@case("dotdot")
def dotdot_harmless():
    return top(directory("1.0/d/"), file("1.0/d/../a"))


@case("dotdot")
def dotdot_behind_dot():
    return top(file("./../outside"))


@case("dotdot")
def dotdot_gnu():
    return top(gnu_long("1.0/../../outside"), file("1.0/a"))


@case("dotdot")
def dotdot_directory():
    return top(directory("1.0/.."))


@case("name")
def dot_within():
    return top(file("1.0/./a"))


@case("name")
def empty_component():
    return top(file("1.0//a"))


@case("name")
def dot_slash_slash():
    return top(file(".//etc/outside"))


@case("name")
def empty_name():
    return top(header(b"", size=0))


@case("name")
def newline():
    return top(file("1.0/a\nb"))


@case("name")
def escape():
    """Would clear the screen of whoever lists it."""
    return top(file("1.0/\33[2Ja"))


@case("name")
def delete_character():
    return top(file("1.0/a\177"))


@case("name")
def escape_in_target():
    return top(symlink("1.0/a", "\33[2J"))


@case("name")
def nul_in_pax_name():
    """Ends early for whoever reads it as a C string."""
    return top(pax(("path", b"1.0/a\0/../../b")), file("1.0/x"))


@case("name")
def name_of_256():
    return top(gnu_long("1.0/" + "n" * 256), file("1.0/x"))


@case("name")
def name_of_3000():
    """Longer than any buffer for a name."""
    return top(gnu_long("1.0/" + "n" * 3000 + "/a"), file("1.0/x"))


def path_of(size):
    path = "1.0/" + ("d" * 255 + "/") * 15
    return path + "f" * (size - len(path))


@case("name")
def path_of_4096():
    return top(gnu_long(path_of(4096)), file("1.0/x"))


@case("done")
def path_of_4095():
    return top(gnu_long(path_of(4095)), file("1.0/x"))


@case("depth", depth=32)
def deep():
    return top(gnu_long("1.0/" + "d/" * 31 + "f"), file("1.0/x"))


@case("done", depth=33)
def deep_enough():
    return top(gnu_long("1.0/" + "d/" * 31 + "f"), file("1.0/x"))


@case("name", depth=32)
def very_deep():
    return top(gnu_long("1.0/" + "d/" * 20000 + "f"), file("1.0/x"))


# ---- the top directory ----

@case("topdir")
def second_top():
    return top(file("1.0/a"), file("2.0/a"))


@case("topdir")
def other_top():
    return directory("2.0/") + file("2.0/a") + END


@case("topdir")
def no_top():
    return file("a") + file("b") + END


@case("topdir")
def top_is_file():
    return file("1.0") + END


@case("topdir")
def top_is_link():
    return symlink("1.0", "d") + file("1.0/a") + END


@case("topdir")
def top_begins_alike():
    return top(file("1.0.1/a"))


@case("topdir")
def top_is_cut():
    return top(file("1./a"))


@case("topdir")
def staging_is_file():
    return file(".", b"") + file("1.0/a") + END


# ---- links ----

@case("through-link")
def through_link():
    """CVE-2018-20834: a link, and then a file behind it."""
    return top(symlink("1.0/d", "."), file("1.0/d/a"))


@case("through-link")
def through_link_to_directory():
    return top(directory("1.0/real/"), symlink("1.0/d", "real"),
               file("1.0/d/a"))


@case("through-link")
def through_link_deep():
    return top(directory("1.0/a/"), symlink("1.0/a/l", ".."),
               file("1.0/a/l/a/b"))


@case("through-link")
def through_file():
    return top(file("1.0/f"), file("1.0/f/a"))


@case("through-link")
def directory_through_link():
    return top(symlink("1.0/d", "."), directory("1.0/d/e/"))


@case("link-out")
def link_absolute():
    return top(symlink("1.0/a", "/etc/passwd"))


@case("link-out")
def link_climbs():
    return top(symlink("1.0/a", ".."))


@case("link-out")
def link_climbs_far():
    return top(directory("1.0/d/"), symlink("1.0/d/a", "../../../etc/passwd"))


@case("link-out")
def link_climbs_late():
    """d may be a link itself: then d/.. is not where it seems."""
    return top(symlink("1.0/d", "."), symlink("1.0/a", "d/../../x"))


@case("link-out")
def link_climbs_behind_dot():
    return top(directory("1.0/d/"), symlink("1.0/d/a", "./.."))


@case("link-out")
def link_climbs_slashes():
    return top(directory("1.0/d/"), symlink("1.0/d/a", "..//..//x"))


@case("link-out")
def link_climbs_pax():
    return top(pax(("linkpath", "../../x")), symlink("1.0/a", "b"))


@case("name")
def link_empty():
    return top(symlink("1.0/a", ""))


@case("link-out")
def hardlink_outside():
    return top(hardlink("1.0/a", "/etc/passwd"))


@case("link-out")
def hardlink_dotdot():
    return top(hardlink("1.0/a", "1.0/../../secret"))


@case("link-out")
def hardlink_other_top():
    return top(hardlink("1.0/a", "secret"))


@case("link-out")
def hardlink_to_symlink():
    """CVE-2016-5418: then a file written to it goes where it points."""
    return top(symlink("1.0/l", "a"), hardlink("1.0/h", "1.0/l"))


@case("link-out")
def hardlink_through_symlink():
    return top(directory("1.0/d/"), file("1.0/d/f"), symlink("1.0/l", "d"),
               hardlink("1.0/h", "1.0/l/f"))


@case("link-out")
def hardlink_to_directory():
    return top(directory("1.0/d/"), hardlink("1.0/h", "1.0/d"))


@case("link-out")
def hardlink_to_top():
    return top(hardlink("1.0/h", "1.0"))


@case("link-out")
def hardlink_forward():
    return top(hardlink("1.0/h", "1.0/later"), file("1.0/later"))


@case("link-out")
def hardlink_to_itself():
    return top(hardlink("1.0/h", "1.0/h"))


@case("link-out")
def hardlink_cycle():
    return top(hardlink("1.0/a", "1.0/b"), hardlink("1.0/b", "1.0/a"))


@case("replaces")
def hardlink_replaces():
    return top(file("1.0/a"), file("1.0/b"), hardlink("1.0/b", "1.0/a"))


@case("headers")
def hardlink_with_data():
    """Whether the data follows is a matter of taste."""
    return top(file("1.0/a"), header(b"1.0/b", kind="1", link=b"1.0/a",
               size=512) + file("1.0/smuggled", b""))


@case("headers")
def directory_with_data():
    return top(header(b"1.0/d/", kind="5", size=512) +
               file("1.0/smuggled", b""))


@case("headers")
def symlink_with_data():
    return top(header(b"1.0/l", kind="2", link=b"a", size=512) +
               file("1.0/smuggled", b""))


# ---- types, and names that come twice ----

@case("type")
def character_device():
    return top(header(b"1.0/null", kind="3", device=(1, 3)))


@case("type")
def block_device():
    return top(header(b"1.0/disk", kind="4", device=(8, 0)))


@case("type")
def fifo():
    return top(header(b"1.0/fifo", kind="6"))


@case("type")
def unknown_type():
    return top(header(b"1.0/z", kind="Z"))


@case("type")
def volume_label():
    return header(b"label", kind="V") + top(file("1.0/a"))


@case("replaces")
def duplicate():
    return top(file("1.0/a", b"1"), file("1.0/a", b"2"))


@case("replaces")
def file_replaces_directory():
    return top(directory("1.0/d/"), file("1.0/d"))


@case("replaces")
def directory_replaces_file():
    return top(file("1.0/d"), directory("1.0/d/"))


@case("replaces")
def directory_replaces_link():
    """CVE-2021-32803: the cache of directories forgets what is a link."""
    return top(directory("1.0/e/"), symlink("1.0/d", "e"), directory("1.0/d/"))


@case("replaces")
def link_replaces_directory():
    return top(directory("1.0/d/"), symlink("1.0/d", "."), file("1.0/d/a"))


@case("replaces")
def link_replaces_current_directory():
    """The directory that was just written to is replaced behind its back."""
    return top(directory("1.0/d/"), file("1.0/d/a"), symlink("1.0/d", "."),
               file("1.0/d/b"))


@case("replaces")
def link_replaces_file():
    return top(file("1.0/a"), symlink("1.0/a", "b"))


@case("replaces")
def file_replaces_link():
    return top(symlink("1.0/a", "b"), file("1.0/a"))


# ---- headers that disagree ----

def smuggled():
    return file("1.0/smuggled", b"")


@case("headers")
def pax_size_larger():
    """CVE-2025-62518: pax says 1024, ustar 0; between them lie headers."""
    return top(pax(("size", "1024")) + header(b"1.0/a", size=0) + smuggled() +
               smuggled())


@case("headers")
def pax_size_smaller():
    return top(pax(("size", "0")) + header(b"1.0/a", size=512) + smuggled())


@case("headers")
def pax_size_twice():
    return top(pax(("size", "0"), ("size", "2")) + file("1.0/a"))


@case("headers")
def pax_size_octal():
    return top(pax(("size", "0x2")) + file("1.0/a"))


@case("headers")
def pax_size_negative():
    return top(pax(("size", "-2")) + file("1.0/a"))


@case("headers")
def pax_size_huge():
    return top(pax(("size", "99999999999999999999")) + file("1.0/a"))


@case("headers")
def pax_size_for_all():
    return pax(("size", "2"), kind="g") + top(file("1.0/a"))


@case("headers")
def pax_path_for_all():
    return pax(("path", "1.0/b"), kind="g") + top(file("1.0/a"))


@case("headers")
def file_with_slash():
    """A directory for libarchive, and two bytes for the framing."""
    return top(file("1.0/d/"))


@case("headers")
def pax_record_too_long():
    return top(pax(b"99 path=1.0/b\n"), file("1.0/a"))


@case("headers")
def pax_record_without_end():
    return top(pax(b"14 path=1.0/bX"), file("1.0/a"))


@case("headers")
def pax_record_without_value():
    return top(pax(b"9 pathxx\n"), file("1.0/a"))


@case("headers")
def pax_twice():
    return top(pax(("path", "1.0/a")), pax(("path", "1.0/b")), file("1.0/c"))


@case("headers")
def pax_too_large():
    return top(pax(("comment", "c" * 70000)), file("1.0/a"))


@case("corrupt")
def pax_before_nothing():
    return directory("1.0/") + pax(("path", "1.0/b")) + END


@case("headers")
def size_negative():
    return top(header(b"1.0/a", size=b"\xff" * 12))


@case("headers")
def size_huge():
    return top(header(b"1.0/a", size=b"\x80" + b"\xff" * 11))


@case("headers")
def size_nearly_negative():
    return top(header(b"1.0/a", size=b"\x80\0\0\0\x7f" + b"\xff" * 7))


@case("headers")
def size_is_no_number():
    return top(header(b"1.0/a", size=b"00000000009\0"))


@case("headers")
def sparse_gnu():
    return top(header(b"1.0/a", kind="S", size=512) + bytes(512))


@case("headers")
def sparse_pax_0():
    return top(pax(("GNU.sparse.size", "1000000"), ("GNU.sparse.numblocks",
               "1"), ("GNU.sparse.map", "0,2")), file("1.0/a"))


@case("headers")
def sparse_pax_1():
    return top(pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"),
               ("GNU.sparse.name", "1.0/../../b"),
               ("GNU.sparse.realsize", "1000000")),
               file("1.0/a", padded(b"1\n0\n2\n") + b"xx"))


@case("headers")
def sparse_schily():
    return top(pax(("SCHILY.realsize", "1000000")), file("1.0/a"))


@case("headers")
def second_tar():
    """Read by whoever ignores the end: `tar --ignore-zeros`."""
    return top(file("1.0/a")) + top(smuggled())


@case("headers")
def single_zero_block():
    return directory("1.0/") + bytes(BLOCK) + file("1.0/a") + END


@case("headers")
def garbage_after_end():
    return top(file("1.0/a")) + b"garbage"


@case("corrupt")
def checksum():
    block = bytearray(top(file("1.0/a")))
    block[BLOCK + 1] ^= 1
    return bytes(block)


# ---- limits ----

@case("ratio")
def bomb_ratio():
    return [directory("1.0/"), header(b"1.0/zero", size=40 << 20)] + [
        bytes(1 << 20)] * 40 + [END]


@case("ratio")
def bomb_padding():
    """No file is large; the zeros after the end are."""
    return [top(file("1.0/a"))] + [bytes(1 << 20)] * 40


@case("bytes", ratio=100000, bytes=1000000)
def bomb_bytes():
    return [directory("1.0/"), header(b"1.0/zero", size=40 << 20)] + [
        bytes(1 << 20)] * 40 + [END]


@case("bytes", bytes=10)
def bytes_in_two():
    return top(file("1.0/a", b"12345"), file("1.0/b", b"123456"))


@case("done", bytes=11)
def bytes_exactly():
    return top(file("1.0/a", b"12345"), file("1.0/b", b"123456"))


@case("corrupt")
def file_longer_than_archive():
    """The header promises a terabyte."""
    return directory("1.0/") + header(b"1.0/a", size=1 << 40) + b"x" * 512


@case("entries", ratio=100000)
def many_entries():
    yield directory("1.0/")
    for n in range(20000):
        yield header(b"1.0/%07d" % n)
    yield END


@case("entries", ratio=100000)
def million_times_the_same():
    """Creates nothing, and takes its time."""
    yield directory("1.0/")
    for _ in range(1000):
        yield directory("1.0/") * 1000
    yield END


@case("entries", entries=8)
def implied_directories():
    """Directories that no entry names count as well."""
    return top(file("1.0/a/b/c/d/e/f/g/h"))


@case("done", entries=4)
def entries_exactly():
    return top(file("1.0/a"), file("1.0/b"), file("1.0/c"))


@case("entries", entries=4)
def entries_and_one():
    return top(file("1.0/a"), file("1.0/b"), file("1.0/c"), file("1.0/d"))


@case("corrupt")
def nothing():
    """Not even an end."""
    return b""


@case("empty")
def end_only():
    return END


@case("empty")
def only_dot():
    return directory("./") + END


# ---- damage ----

def healthy():
    noise = random.Random(2).randbytes(150000)
    return top(file("1.0/a", noise), file("1.0/b", noise[:70000]))


def cut(name, where):
    def make():
        packed = lzma.compress(healthy(), preset=0)
        return packed[:where(len(packed))]
    cases.append((name + ".tar.xz", "corrupt", {}, make))


cut("xz_cut_at_0", lambda size: 0)
cut("xz_cut_at_1", lambda size: 1)
cut("xz_cut_in_header", lambda size: 11)
cut("xz_cut_in_block_header", lambda size: 20)
cut("xz_cut_early", lambda size: 5000)
cut("xz_cut_in_the_middle", lambda size: size // 2)
cut("xz_cut_in_index", lambda size: size - 20)
cut("xz_cut_in_footer", lambda size: size - 4)
cut("xz_cut_by_one", lambda size: size - 1)


@raw("corrupt")
def xz_flipped():
    packed = bytearray(lzma.compress(healthy(), preset=0))
    packed[len(packed) // 2] ^= 0x40
    return bytes(packed)


@raw("corrupt")
def xz_index_flipped():
    packed = bytearray(lzma.compress(healthy(), preset=0))
    packed[-16] ^= 1
    return bytes(packed)


@raw("corrupt")
def xz_garbage_behind():
    return lzma.compress(healthy(), preset=0) + b"garbage!"


@raw("corrupt")
def xz_bad_padding():
    """Padding comes in fours."""
    return lzma.compress(healthy(), preset=0) + bytes(3)


@raw("corrupt")
def xz_in_xz():
    return lzma.compress(lzma.compress(healthy(), preset=0))


@raw("memory")
def xz_huge_dictionary():
    """Asks for 4 GiB before the first byte."""
    packed = bytearray(lzma.compress(b"x", preset=0))
    assert packed[14:16] == b"\x21\x01"
    packed[16] = 40
    packed[20:24] = struct.pack("<I", zlib.crc32(packed[12:20]))
    return bytes(packed)


@case("corrupt")
def tar_cut_in_data():
    return healthy()[:100000]


@case("corrupt")
def tar_cut_in_header():
    return healthy()[:BLOCK + 100]


@case("corrupt")
def tar_cut_between_entries():
    return directory("1.0/") + file("1.0/a")


@case("corrupt")
def tar_cut_in_end():
    return directory("1.0/") + file("1.0/a") + bytes(BLOCK)


@case("corrupt")
def tar_cut_in_pax():
    return directory("1.0/") + pax(("path", "1.0/" + "d" * 900))[:700]


@case("corrupt")
def noise():
    return random.Random(3).randbytes(100000)


@raw("corrupt")
def plain_tar():
    return healthy()


@raw("corrupt")
def is_gzip():
    return gzip.compress(healthy())


@raw("corrupt")
def is_bzip2():
    return bz2.compress(healthy())


@raw("corrupt")
def is_lzma_alone():
    return lzma.compress(healthy(), format=lzma.FORMAT_ALONE)


@raw("corrupt")
def is_zstd():
    """A frame with one raw block."""
    return b"\x28\xb5\x2f\xfd\x20\x05" + b"\x29\0\0" + b"hello"


@raw("corrupt")
def is_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.0/a", "x")
    return out.getvalue()


@raw("corrupt")
def is_rar5():
    return b"Rar!\x1a\x07\x01\x00" + random.Random(4).randbytes(148)


@raw("corrupt")
def is_7z():
    return b"7z\xbc\xaf\x27\x1c\0\4" + random.Random(5).randbytes(200)


@raw("corrupt")
def is_iso():
    return bytes(32768) + b"\1CD001\1" + bytes(4096)


@case("corrupt")
def cpio_within():
    return b"070701" + b"0" * 104 + bytes(1000)


@case("corrupt")
def zip_within():
    return is_zip()


@case("corrupt")
def mtree_within():
    return b"#mtree\n1.0 type=file contents=/etc/passwd\n" + bytes(1000)


# ---- one compressed file ----

@case("done", format="xz", top="index")
def single():
    return b"an index\n" * 10000


@case("empty", format="xz", top="index")
def single_empty():
    return b""


@case("bytes", format="xz", top="index", bytes=999)
def single_bytes():
    return b"x" * 1000


@case("ratio", format="xz", top="index")
def single_bomb():
    return [bytes(1 << 20)] * 40


@raw("corrupt", format="xz", top="index")
def single_cut():
    return lzma.compress(random.Random(6).randbytes(100000))[:-100]


@raw("corrupt", format="xz", top="index")
def single_plain():
    return b"an index\n"


def main(where):
    os.makedirs(where, exist_ok=True)
    for name, outcome, request, make in cases:
        with open(os.path.join(where, name), "wb") as out:
            out.write(make())
        words = ["%s=%s" % pair for pair in request.items()]
        print(" ".join([name, outcome] + words))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: hostile.py DIRECTORY")
    main(sys.argv[1])
