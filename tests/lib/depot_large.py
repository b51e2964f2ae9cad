#!/usr/bin/env python3
"""A depot of so many installed archives, as airlock leaves them: directories,
lists of what a pkg needs, receipts, what was served, and one index.

    depot_large.py ROOT COUNT

A tenth of them are packages, each of which needs nine raw archives and the
package before it.  Contents are not signed: it is for whoever looks only.
"""
import os
import sys

RECEIPT = """path {path}
state verified
sha256 {digest}
size 1000
key {key}
primary-key {key}
signed 1700000000
engine gpgme
policy quorum 1
jail-layers 0x3ff
entries 2
unpacked 10
wanted no
installed 1700000001
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def install(root, path, name, text):
    directory = f"{root}/depot/{path}"
    os.makedirs(directory)
    write(f"{directory}/{name}", text)
    write(f"{root}/state/receipts/{path.replace('/', ',')}",
          RECEIPT.format(path=path, digest="0" * 64, key="A" * 40))
    os.makedirs(os.path.dirname(f"{root}/public/{path}"), exist_ok=True)
    for suffix in ".tar.xz", ".tar.xz.sig":
        write(f"{root}/public/{path}{suffix}", "served")


def main():
    root, count = sys.argv[1], int(sys.argv[2])
    for below in "depot", "public", "state/receipts", "etc":
        os.makedirs(f"{root}/{below}", exist_ok=True)
    index = ["index", "+ supports | arch: x86_64", "+ index All"]
    for i in range(count // 10):
        needs = [f"large/raw/r{i}-{n}/1" for n in range(9)]
        for path in needs:
            install(root, path, "content", "some bytes")
        if i > 0:
            needs.append(f"large/pkg/p{i - 1}/2024-01-01")
        install(root, f"large/pkg/p{i}/2024-01-01", "archives",
                "\n".join(needs) + "\n")
        index.append(f"  + pkg | path: large/pkg/p{i}/2025-01-01"
                     f" | info: package number {i}")
    os.makedirs(f"{root}/depot/large/index")
    write(f"{root}/depot/large/index/25.04", "\n".join(index + ["-", ""]))


main()
