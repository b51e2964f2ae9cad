#!/usr/bin/env python3
"""Look at what an extractor left: extractor_staged.py STAGING

Says what must not be there, however the archive was made, and whether or not it
was refused in the end.  Each directory of STAGING is one archive's.
"""
import os
import stat
import sys

problems = 0


def complain(path, what):
    global problems
    problems += 1
    print(os.fsencode(path).decode("ascii", "backslashreplace") + ": " + what)


def look_at_link(root, path):
    """As the kernel would follow it, within the top directory."""
    top = os.path.join(root, os.path.relpath(path, root).split("/")[0])
    real = os.path.realpath(path)
    if real != top and not real.startswith(top + "/"):
        complain(path, "leads to " + real)


def look_at(root, path, status):
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        look_at_link(root, path)
    elif stat.S_ISDIR(status.st_mode):
        if mode != 0o755:
            complain(path, "directory of mode %o" % mode)
    elif stat.S_ISREG(status.st_mode):
        if mode not in (0o644, 0o755):
            complain(path, "file of mode %o" % mode)
    else:
        complain(path, "neither directory, file nor link")
    name = os.fsencode(os.path.basename(path))
    if any(byte < 32 or byte == 127 for byte in name):
        complain(path, "has a control character in its name")


def look_at_attributes(descriptor, path):
    """Of a directory, or of a regular file."""
    if os.listxattr(descriptor):
        complain(path, "has extended attributes")


def look_at_archive(root):
    """By descriptor: paths may be as long as the kernel allows."""
    if len(set(os.listdir(root)) - {".manifest"}) > 1:
        complain(root, "more than one name at the top")
    seen = {}
    for directory, names, files, fd in os.fwalk(root):
        look_at_attributes(fd, directory)
        for name in names + files:
            path = os.path.join(directory, name)
            status = os.lstat(name, dir_fd=fd)
            look_at(root, path, status)
            if stat.S_ISREG(status.st_mode):
                with open(name, opener=lambda name, flags: os.open(
                        name, flags, dir_fd=fd)) as file:
                    look_at_attributes(file.fileno(), path)
                seen.setdefault(status.st_ino, []).append((path, status))
    for links in seen.values():
        if links[0][1].st_nlink != len(links):
            complain(links[0][0], "is linked from outside")


def main(staging):
    staging = os.path.realpath(staging)
    for name in sorted(os.listdir(staging)):
        look_at_archive(os.path.join(staging, name))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
