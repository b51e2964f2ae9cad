#!/usr/bin/env python3
"""Compares what strace saw with the policies: strace_calls.py TRACES TABLES ARCH

TRACES is a directory of `strace -f -ff --decode-pids=pidns -o TRACES/c`, one file
a process, of an `airlock install`; TABLES is tests/golden.  From the moment in
which a process's filter was loaded, each call that it makes must be in that
filter's table.  Prints "STAGE PROCESSES CALLS" for each stage that was seen, and
a line "not listed: ..." for each call that is in no row or in one that ends the
process; then the exit status is 1.
"""
import collections
import os
import re
import sys

CALL = re.compile(r"^([a-z0-9_]+)\(")
LOADED = re.compile(r"^seccomp\(SECCOMP_SET_MODE_FILTER, .*\{len=.* = 0$")
STARTED = re.compile(r'^execveat\(\d+, "", \["([a-z]+)"')
NAMED = re.compile(r'^prctl\(PR_SET_NAME, "([a-z]+)"')
FORKED = re.compile(r"^(?:clone|fork|vfork)\(.* = (\d+)(?: /\* (\d+) in )?")
ALONE = ("dialer", "fetcher")   # no templates


def table_read(path):
    """The calls that a filter does not end the process for."""
    calls = set()
    for line in open(path, encoding="utf-8"):
        words = line.split()
        if len(words) > 1 and words[0] != "#" and \
                words[1] not in ("trap", "kill"):
            calls.add(words[0])
    return calls


def next_stage(stage, name, lines):
    """What a filter that is loaded in this stage is.  `name` is the process's;
    the program that it has still to start is in its lines."""
    if stage == "airlock":
        return program(lines)                   # manager or launcher, or
                                                # itself: a helper's own
    if stage == "launcher":
        return "outer-" + program(lines)
    if stage.startswith("outer-"):
        return name if name in ALONE else name + "-template"
    return stage.replace("-template", "-child")


def program(lines):
    for line in lines:
        found = STARTED.match(line)
        if found:
            return found.group(1)
    return "airlock"


class Traces:
    def __init__(self, directory, tables, arch):
        self.directory, self.tables, self.arch = directory, tables, arch
        self.calls = collections.Counter()
        self.processes = collections.defaultdict(set)
        self.wrong = collections.Counter()
        self.known = {}

    def table(self, stage):
        if stage not in self.known:
            self.known[stage] = table_read(
                f"{self.tables}/{stage}.{self.arch}")
        return self.known[stage]

    def call(self, pid, stage, line):
        found = CALL.match(line)
        if not found or stage == "airlock":
            return
        self.calls[stage] += 1
        self.processes[stage].add(pid)
        if found.group(1) not in self.table(stage):
            self.wrong[f"{stage}: {found.group(1)}"] += 1

    def follow(self, pid, stage, name):
        """A process from its fork to its end, then those that it forked."""
        path = f"{self.directory}/c.{pid}"
        if not os.path.exists(path):
            return
        children = []
        lines = open(path, encoding="utf-8", errors="replace").readlines()
        for at, line in enumerate(lines):
            self.call(pid, stage, line)
            named = NAMED.match(line)
            forked = FORKED.match(line)
            if LOADED.match(line):
                stage = next_stage(stage, name, lines[at:])
            elif named:
                name = named.group(1)
            elif forked:
                children.append((forked.group(2) or forked.group(1), stage,
                                 name))
        for child in children:
            self.follow(*child)


def main():
    traces = Traces(*sys.argv[1:4])
    for name in os.listdir(traces.directory):
        # All others begin in the middle, after a fork.
        with open(f"{traces.directory}/{name}", encoding="utf-8") as file:
            if file.readline().startswith("execve("):
                traces.follow(name[2:], "airlock", "airlock")
    for stage in sorted(traces.calls):
        print(stage, len(traces.processes[stage]), traces.calls[stage])
    for what, count in sorted(traces.wrong.items()):
        print(f"not listed: {what}, {count} times")
    sys.exit(1 if traces.wrong else 0)


main()
