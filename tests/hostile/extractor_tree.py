#!/usr/bin/env python3
"""Print a tree, for comparison: extractor_tree.py DIRECTORY

One line for each name: type, the mode that airlock would give it, time of
modification (not of directories), number of links, and content.
"""
import hashlib
import os
import stat
import sys


def line(path):
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return "link %d %s" % (status.st_mtime_ns, os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return "directory"
    with open(path, "rb") as content:
        digest = hashlib.sha256(content.read()).hexdigest()
    return "file %s %d %d %s" % (
        "755" if status.st_mode & 0o111 else "644", status.st_mtime_ns,
        status.st_nlink, digest)


def main(root):
    rows = []
    for directory, names, files in os.walk(root):
        for name in names + files:
            # The extractor's own list, beside the top directory.
            if directory == root and name == ".manifest":
                continue
            path = os.path.join(directory, name)
            rows.append("%r %s" % (os.path.relpath(path, root), line(path)))
    print("\n".join(sorted(rows)))


if __name__ == "__main__":
    main(sys.argv[1])
