#!/usr/bin/env python3
"""Is a manifest the list of a tree?  extractor_manifest.py MANIFEST TOP

By rules of its own (depot/manifest.h has the grammar): each entry of the tree
has one line, a second name of a file one of its own kind, and no other is there.
"""
import hashlib
import os
import stat
import sys


def mode(status):
    return b"0755" if status.st_mode & 0o111 else b"0644"


def line(path, status):
    if stat.S_ISLNK(status.st_mode):
        return b"l", b"-", b"-", os.readlink(path)
    if stat.S_ISDIR(status.st_mode):
        return b"d", b"0755", b"-", b"-"
    with open(path, "rb") as content:
        data = content.read()
    return (b"f", mode(status), b"%d" % len(data),
            hashlib.sha256(data).hexdigest().encode())


def tree(top):
    yield b".", top
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            yield os.path.relpath(path, top), path


def main(manifest, top):
    with open(manifest, "rb") as file:
        head, *lines, end = file.read().split(b"\n")
    problems = [] if (head, end) == (b"airlock-manifest 1", b"") else ["head"]
    listed = {row[4]: tuple(row[:4]) for row in
              (line.split(b"\t") for line in lines)}
    if len(listed) != len(lines):
        problems.append("a path twice")
    for path, where in tree(top):
        status = os.lstat(where)
        got = listed.pop(path, None)
        if got and got[0] == b"h":
            target = os.lstat(os.path.join(top, got[3]))
            if (target.st_dev, target.st_ino) != (status.st_dev, status.st_ino):
                problems.append("%r is no link to %r" % (path, got[3]))
        elif got != line(where, status):
            problems.append("%r: %r" % (path, got))
    problems += ["%r is not there" % path for path in listed]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.fsencode(sys.argv[2])))
