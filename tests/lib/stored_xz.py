#!/usr/bin/env python3
"""Writes a large .tar.xz that does not compress: stored_xz.py TOP MEBIBYTES
[DICTIONARY]

One directory TOP with one file "large" of noise, on stdout.  The xz stream (The
.xz File Format, version 1.2.1) has a single block of uncompressed LZMA2 chunks,
so that a gigabyte is written as fast as it is copied.  DICTIONARY: what its header
says that whoever decodes it needs, coded as in section 5.3.1; else 8, 64 KiB.
"""
import os
import struct
import sys
import zlib

MIB = 1 << 20
CHUNK = 1 << 16         # the most that an uncompressed chunk holds


def number(n):
    """A multibyte integer, section 1.2."""
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def with_crc(data):
    return data + struct.pack("<I", zlib.crc32(data))


def header(name, size, kind):
    """A ustar header, POSIX.1-2017, pax, "ustar Interchange Format"."""
    mode = b"0000755" if kind == b"5" else b"0000644"
    h = bytearray(512)
    h[0:len(name)] = name
    h[100:107] = mode
    h[108:115] = h[116:123] = b"0000000"
    h[124:135] = b"%011o" % size
    h[136:147] = b"%011o" % 0
    h[148:156] = b" " * 8
    h[156:157] = kind
    h[257:265] = b"ustar\x0000"
    h[148:156] = b"%06o\x00 " % sum(h)
    return bytes(h)


def tar(top, size):
    """The archive's bytes, in pieces."""
    yield header(top + b"/", 0, b"5") + header(top + b"/large", size, b"0")
    noise = os.urandom(MIB)
    for _ in range(size // MIB):
        yield noise
    yield bytes(1024)


def main():
    top, size = sys.argv[1].encode(), int(sys.argv[2]) * MIB
    out = sys.stdout.buffer
    flags = b"\x00\x01"         # check: CRC32
    out.write(b"\xfd7zXZ\x00" + flags + struct.pack("<I", zlib.crc32(flags)))
    dictionary = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    # Block header: one filter, LZMA2 (0x21).
    block = with_crc(b"\x02\x00\x21\x01" + bytes([dictionary, 0, 0, 0]))
    out.write(block)
    written, crc, unpadded, first = 0, 0, len(block), True
    for piece in tar(top, size):
        for at in range(0, len(piece), CHUNK):
            part = piece[at:at + CHUNK]
            # 1: the dictionary is reset, which the first chunk must do.
            out.write(struct.pack(">BH", 1 if first else 2, len(part) - 1))
            out.write(part)
            first = False
            unpadded += 3 + len(part)
        crc = zlib.crc32(piece, crc)
        written += len(piece)
    out.write(b"\x00")
    unpadded += 1
    out.write(bytes(-unpadded % 4) + struct.pack("<I", crc))
    unpadded += 4
    index = b"\x00" + number(1) + number(unpadded) + number(written)
    index = with_crc(index + bytes(-len(index) % 4))
    out.write(index)
    footer = struct.pack("<I", len(index) // 4 - 1) + flags
    out.write(struct.pack("<I", zlib.crc32(footer)) + footer + b"YZ")


main()
