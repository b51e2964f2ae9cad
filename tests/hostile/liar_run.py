#!/usr/bin/env python3
"""Runs airlock with one worker replaced by the liar (liar.c), once for each lie.

liar_run.py DIR BIN LIAR MANAGER PORT [WORD...]
    prints "ok TEXT" or "not ok TEXT", and "# ..." for what went wrong; only the
    cases whose name has all WORDs in it

DIR has roots/local, roots/tampered and roots/web, prepared depots of the users
alice and bob: both archives lie in local's public/, only bob's in web's; alice's
is not as she signed it in tampered's; quorum is as local, and two engines must
agree about alice's, if sqv is there.  BIN is a directory with
bin/ and libexec/; LIAR the program liar; MANAGER the one with the fast clock.
http://localhost:PORT serves the archives, which lie in DIR/pub.

After each run: its exit status and reason, one line that says so; nothing new
in the depot but what it says is installed, nothing in staging or quarantine, no
process left; and the true worker then finishes the job.
"""
import concurrent.futures
import ctypes
import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

TARGET = "alice/raw/data/1"
OTHER = "bob/raw/data/1"
CATALOG = "alice/catalog"       # asked for first; shown if it is refused
PROGRESS = (": downloading\n", ": verifying\n", ": extracting\n")
LIMIT = 25              # seconds for a run
PATIENT, BUSY = 12, 6   # at a time: those who wait for silence, and the others
FAST = "fast"           # with the manager whose clock is fast
STOPPED = "stopped"     # look at the manager's descriptors meanwhile
HELD = "held"           # an origin's files, handed to the liar
KEEPS = "keeps"         # what was received so far is worth keeping
HAD = "had"             # a catalog of alice's was accepted once
INSTALLED = (0, "installed")
LIED, DIED = (7, "protocol"), (7, "died")
SILENT, VIOLATION = (5, "silent"), (7, "violation")
TREE, JAIL = (7, "tree"), (7, "jail")
GATE, BAD = (4, "not-one-signature"), (4, "bad-signature")
NO_VERDICT, OTHER_KEY = (4, "no-verdict"), (4, "other-key")
EXPIRED = (4, "expired")
BAD_KEY = (4, "bad-key")
SPLIT, NO_ENGINE = (4, "split-verdict"), (4, "no-engine")
ABSENT, ADDRESS = (3, "not-found"), (3, "private-address")
NO_REDIRECT, SERVER = (3, "redirect"), (3, "server-error")
CUT_OFF, SIZE = (3, "cut-off"), (5, "size")
UNBOUND, WITHHELD = (4, "unbound"), (4, "withheld")
REFUSED, TLS = (3, "connection-refused"), (3, "tls")

# How airlock says it, to people.
TEXTS = {
    "installed": ": installed",
    "protocol": "broke its protocol", "died": "died unexpectedly",
    "silent": "made no progress", "violation": "forbidden system call",
    "tree": "not what the extractor may make", "jail": "could not be built",
    "not-one-signature": "not one binary detached signature",
    "bad-signature": "does not match its content",
    "no-verdict": "no usable verdict", "other-key": "is not this user's",
    "future": "from the future", "expired": "had expired",
    "split-verdict": "two engines disagree", "no-engine": "second is not there",
    "bad-key": "no key that can sign", "not-found": "does not have it",
    "private-address": "private or local address",
    "no-directory": "directory is not there",
    "redirect": "redirects to where", "server-error": "answers with an error",
    "tls": "TLS session failed", "cut-off": "broke off", "size": "larger than --max-size",
    "connection-refused": "refuses connections", "dot-dot": '".."',
    "unbound": "does not say for which path", "withheld": "now there is none",
    "no-catalog": "catalog was refused",
}

# What fits every call, and what becomes of it.
GENERAL = [
    ("mute", SILENT, FAST), ("hang_up", SILENT, FAST), ("quit", DIED),
    ("crash", DIED), ("forbidden", VIOLATION), ("garbage", LIED),
    ("shorter", LIED), ("longer", LIED), ("largest", LIED),
    ("header_only", LIED), ("half_header", LIED),
    ("empty_record", SILENT, FAST), ("unknown", LIED),
    ("unknown_answer", LIED), ("turned", LIED), ("to_nothing", LIED),
    ("to_serial_0", LIED), ("twice", LIED), ("two_fds", LIED, STOPPED),
    ("four_fds", LIED, STOPPED), ("many_fds", LIED, STOPPED),
    ("ready_twice", LIED), ("unready", LIED),
]
OUTCOMES = [("outcome_0", LIED), ("outcome_9999", LIED),
            ("outcome_last", LIED), ("outcome_foreign", LIED)]

# Where the general rule does not hold: what was passed on already stays, and a
# child may be heard of before its template, or after.
EXCEPT = {
    # Its jail is closed before it is asked anything.
    ("fetcher", "get", "unready"): ABSENT,
    # Of what is said on the line the fetcher is the judge, and it ends.
    ("dialer", "connect", "hang_up"): SILENT,
    ("dialer", "connect", "forbidden"): VIOLATION,
    ("dialer", "connect", "empty_record"): SILENT,
    ("dialer", "connect", "twice"): (None, None),
    ("dialer", "connect", "unready"): (3, "connection-refused"),
    ("verifier", "fork", "twice"): (7, None),
    ("sequoia", "fork", "twice"): (None, None),
    ("extractor", "fork", "twice"): (None, None),
    ("fetcher", "get", "twice"): ABSENT,
}


def on_line(lies):
    """The same lies, told to the fetcher: it can only end, where the manager
    would say why."""
    return [(lie[0], DIED if lie[1] == LIED else lie[1]) + lie[2:]
            for lie in lies if lie[0] != "ready_twice"]


# What is known to be otherwise: "# TODO" in the Test Anything Protocol.
KNOWN = {
    "verifier/verify/honest-tampered":
        "known limit: with quorum 1 a verifier that was taken over decides",
}

# SERVICE, which depot or URL: {PLACE: lies}
CASES = [
    ("dialer", "http://localhost:%d", {
        "open": GENERAL + OUTCOMES + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", REFUSED), ("honest", REFUSED)],
        # What it says on the line ends its fetcher, and so the archive.
        "connect": on_line(GENERAL + OUTCOMES) + [
            # For the catalog it says that, and for the archive nothing.
            ("linger", SILENT, FAST), ("ready_twice", SILENT, FAST),
            ("flood", SILENT, FAST),
            ("last_words", REFUSED), ("honest", REFUSED),
            ("dial_no_socket", DIED), ("dial_refused_with_socket", DIED),
            ("dial_datagrams", DIED), ("dial_channel", DIED),
            ("dial_file", DIED),
            # The outer filter's trap, and no handler of the inner stage's.
            ("dial_pair", DIED), ("dial_listening", DIED),
            ("dial_unconnected", CUT_OFF)]}),
    # Who dials can lead astray; who is there, signatures say.
    ("dialer", "http://depot.example.org:%d", {"connect": [
        ("dial_elsewhere", INSTALLED)]}),
    ("dialer", "https://depot.example.org:%d", {"connect": [
        ("dial_elsewhere", TLS)]}),
    ("fetcher", "http://depot.example.org:%d", {
        "open": GENERAL + OUTCOMES + [("flood", SILENT, FAST)],
        "get": GENERAL + OUTCOMES + [
            ("honest", ABSENT), ("linger", SILENT, FAST),
            ("flood", SILENT, FAST), ("last_words", ABSENT),
            ("slot_after_last", LIED), ("slot_huge", LIED),
            ("length_none", LIED), ("length_over", LIED),
            ("length_huge", LIED), ("no_transfer", ABSENT),
            ("endless_data", GATE), ("endless_deliveries", LIED),
            ("endless_connects", DIED), ("line_garbage", DIED),
            ("line_descriptors", DIED), ("line_names", DIED),
            ("line_closed", SILENT, FAST), ("endless_line", SILENT, FAST),
            ("done_empty", GATE),
            ("done_other", LIED), ("total_huge", GATE),
            ("validator_unterminated", LIED),
            ("status_huge", SERVER), ("redirect_control", NO_REDIRECT),
            ("redirect_blank", NO_REDIRECT), ("redirect_at", NO_REDIRECT),
            ("redirect_old", NO_REDIRECT),
            ("redirect_file", NO_REDIRECT), ("redirect_scheme", NO_REDIRECT),
            ("redirect_none", NO_REDIRECT),
            ("redirect_port_none", NO_REDIRECT),
            ("redirect_port_over", NO_REDIRECT),
            ("redirect_loop", NO_REDIRECT),
            ("redirect_unterminated", NO_REDIRECT),
            ("redirect_target_unterminated", NO_REDIRECT),
            ("redirect_localhost", ADDRESS), ("redirect_loopback", ADDRESS),
            ("redirect_mapped", ADDRESS)]}),
    ("fetcher", "http://localhost:%d", {"get": [
        ("endless_strangers", SILENT, FAST),
        ("endless_restarts", SILENT, FAST), ("endless_heads", SILENT, FAST),
        ("endless_reconnects", SILENT, FAST)]}),
    ("fetcher", "https://depot.example.org:%d", {"get": [
        ("redirect_plain", NO_REDIRECT)]}),
    # The publisher's catalog: without one that is to be trusted nothing is
    # installed.  What is handed out for it is the archive, well signed.
    ("fetcher", HELD, {"catalog": [
        ("crash", DIED), ("garbage", LIED), ("mute", SILENT, FAST),
        ("done_empty", GATE), ("honest_file", UNBOUND), ("swapped", BAD),
        ("endless_archive", SIZE), ("total_huge_archive", SIZE),
        ("redirect_loop", ABSENT), ("honest", WITHHELD, HAD)]}),
    ("fetcher", HELD, {"get": [
        ("honest_file", INSTALLED), ("swapped", BAD),
        ("scribbled", (None, None)), ("endless_archive", SIZE),
        ("total_huge_archive", SIZE), ("validator_odd", CUT_OFF, KEEPS)]}),
    ("verifier", "local", {
        "fork": GENERAL + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", INSTALLED),
            ("fork_no_pidfd", JAIL), ("fork_no_pidfd_positive", JAIL),
            ("fork_failed", JAIL), ("fork_failed_with_pidfd", JAIL),
            ("fork_file", LIED), ("fork_pipe", LIED), ("fork_channel", LIED),
            ("fork_stranger", SILENT, FAST),
            ("fork_manager", (7, None), FAST)],
        "keys": GENERAL + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", VIOLATION), ("leave_child", INSTALLED),
            ("keys_17", LIED), ("keys_huge", LIED), ("keys_none", LIED),
            ("keys_primary", LIED), ("keys_primary_huge", LIED),
            ("keys_fpr", LIED), ("keys_verdict", BAD_KEY)],
        "verify": GENERAL + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", VIOLATION), ("leave_child", INSTALLED),
            ("honest", INSTALLED), ("verify_foreign", OTHER_KEY),
            ("verify_fpr_none", OTHER_KEY), ("verify_fpr_short", OTHER_KEY),
            ("verify_fpr_huge", OTHER_KEY), ("verify_hash", NO_VERDICT),
            ("verify_algorithm", NO_VERDICT), ("verify_none", NO_VERDICT),
            ("verify_two", NO_VERDICT), ("verify_future", NO_VERDICT),
            ("verify_far_future", NO_VERDICT), ("verify_far_past", NO_VERDICT),
            ("verify_expired", EXPIRED), ("verify_verdict_none", NO_VERDICT),
            ("verify_verdict_huge", NO_VERDICT)]}),
    ("verifier", "tampered", {"verify": [("honest", BAD)]}),
    ("sequoia", "quorum", {
        "fork": GENERAL + [
            ("linger", SPLIT), ("flood", SILENT, FAST),
            ("fork_no_pidfd", NO_ENGINE), ("fork_no_pidfd_positive", NO_ENGINE),
            ("fork_failed", NO_ENGINE), ("fork_failed_with_pidfd", NO_ENGINE),
            ("fork_file", LIED), ("fork_pipe", LIED), ("fork_channel", LIED),
            ("fork_stranger", SILENT, FAST),
            ("fork_manager", (7, None), FAST)],
        "verify": GENERAL + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", VIOLATION),
            ("honest", SPLIT), ("verify_fpr_none", SPLIT),
            ("verify_fpr_short", SPLIT),
            ("verify_fpr_huge", SPLIT), ("verify_none", SPLIT),
            ("verify_two", SPLIT),
            ("verify_verdict_none", SPLIT),
            ("verify_verdict_huge", SPLIT)]}),
    ("extractor", "local", {
        "fork": GENERAL + [
            ("linger", INSTALLED), ("flood", SILENT, FAST),
            ("last_words", INSTALLED),
            ("fork_no_pidfd", JAIL), ("fork_no_pidfd_positive", JAIL),
            ("fork_failed", JAIL), ("fork_failed_with_pidfd", JAIL),
            ("fork_file", LIED), ("fork_pipe", LIED), ("fork_channel", LIED),
            ("fork_stranger", SILENT, FAST),
            ("fork_manager", (7, None), FAST)],
        "extract": GENERAL + OUTCOMES + [
            ("linger", SILENT, FAST), ("flood", SILENT, FAST),
            ("last_words", VIOLATION), ("honest", INSTALLED),
            ("leave_child", DIED), ("extract_foreign", LIED),
            ("extract_refused", (5, "dot-dot")), ("tree_nothing", TREE),
            ("tree_empty_top", INSTALLED),
            ("tree_two_tops", TREE),
            ("tree_top_and_file", TREE), ("tree_top_link", TREE),
            ("tree_top_file", TREE), ("tree_top_closed", TREE),
            ("tree_setuid", TREE), ("tree_setgid", TREE),
            ("tree_sticky", TREE), ("tree_writable", TREE),
            ("tree_unreadable", TREE), ("tree_directory_none", TREE),
            ("tree_directory_open", TREE), ("tree_link_up", TREE),
            ("tree_link_absolute", TREE), ("tree_fifo", DIED),
            ("tree_chmod", DIED), ("tree_large", TREE),
            ("tree_many", TREE), ("tree_deep", TREE),
            ("tree_deep_closed", TREE),
            ("progress_endless", SILENT, FAST),
            ("progress_huge", SILENT, FAST)]}),
]


class Case:
    """One service, one place, one lie; what must come of it."""

    def __init__(self, setup, service, origin, place, lie, want, *options):
        self.setup, self.service, self.origin = setup, service, origin
        self.place, self.lie, self.options = place, lie, options
        self.want = EXCEPT.get((service, place, lie), want)
        self.name = "%s/%s/%s" % (service, place, lie)
        if origin == "tampered":
            self.name += "-tampered"
        elif origin.startswith("https"):
            self.name += "-tls"
        self.dir = os.path.join(setup["dir"], self.name.replace("/", "-"))
        self.root = os.path.join(self.dir, "root")
        self.ca = setup["ca"]
        self.wrong = []

    def programs(self):
        """Copies beside each other, the liar among them."""
        shutil.copytree(self.setup["bin"], self.dir, copy_function=os.link)
        libexec = os.path.join(self.dir, "libexec", "airlock")
        with open(self.setup["liar"], "rb") as file:
            liar = file.read()
        at = liar.index(b"@LIAR@")
        script = ("%s/%s" % (self.place, self.lie)).encode()
        replace(os.path.join(libexec, self.service),
                liar[:at] + script.ljust(63, b"\0") + liar[at + 63:])
        if FAST in self.options:
            with open(self.setup["manager"], "rb") as file:
                replace(os.path.join(libexec, "manager"), file.read())

    def depot(self):
        self.local = self.origin in ("local", "tampered", "quorum")
        shutil.copytree(os.path.join(self.setup["dir"], "roots", self.origin
                                     if self.local else "web"), self.root)
        if HAD in self.options:
            self.remember()
        if self.origin == HELD:
            self.hold()
        elif not self.local:
            self.aim(self.origin % self.setup["port"])

    def hold(self):
        """The liar has the true files where the certificates would be, as
        tests/hostile/liar_fetcher.h reads them."""
        self.aim("http://localhost:%d" % self.setup["port"])
        self.ca = os.path.join(self.dir, "held")
        parts = []
        for suffix in (".tar.xz.sig", ".tar.xz"):
            with open(os.path.join(self.setup["pub"], TARGET + suffix),
                      "rb") as file:
                parts.append(file.read())
        with open(self.ca, "wb") as file:
            file.write(b"%08d" % len(parts[0]) + b"".join(parts))

    def remember(self):
        """As if a catalog had been accepted."""
        serials = os.path.join(self.root, "state/serials")
        os.mkdir(serials)
        with open(os.path.join(serials, "alice"), "w") as file:
            file.write("1\n")

    def aim(self, url):
        """Bob's catalog is asked for, too, but of no worker."""
        for user, place in (("alice", url), ("bob", "file://" +
                                             self.setup["pub"])):
            path = os.path.join(self.root, "depot", user, "download")
            with open(path, "w") as file:
                file.write(place + "\n")

    def command(self, program, *more):
        wanted = [TARGET] if self.local else [TARGET, OTHER]
        return [program, "--root", self.root, "install", "--ca",
                self.ca, "--retries", "0", "--stall", "1",
                "--no-proxy", "--max-size", "64K", "--max-unpacked", "1M",
                "--max-entries", "100"] + list(more) + wanted

    def airlock(self, program, *more):
        """Its exit status, or None, and what it said of each path."""
        out, err = (os.path.join(self.dir, n) for n in ("out", "err"))
        with open(out, "w") as o, open(err, "w") as e:
            run = subprocess.Popen(self.command(program, *more), stdout=o,
                                   stderr=e, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
            if STOPPED in self.options and "--jobs" not in more:
                self.look_inside(run.pid)
            try:
                status = run.wait(LIMIT)
            except subprocess.TimeoutExpired:
                status = None
                run.kill()
                run.wait()
        said = {}
        for name in (out, err):
            with open(name) as file:
                for line in file:
                    for path in (TARGET, OTHER, CATALOG):
                        if " %s: " % path in " " + line and \
                                not line.endswith(PROGRESS):
                            said.setdefault(path, []).append(line.strip())
        return status, {path: word_of(said[path]) for path in said}

    def look_inside(self, pid):
        """No pipe may be among the manager's descriptors, though the liar sent
        it some: the cli is stopped, so that the manager stays.  Only root may
        look into a manager."""
        if os.geteuid() != 0:
            return
        time.sleep(0.3)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(1)
            for manager in children(pid):
                if name_of(manager) != "manager":
                    continue
                held = os.path.join("/proc", manager, "fd")
                links = [os.readlink(os.path.join(held, fd))
                         for fd in os.listdir(held)]
                pipes = [link for link in links if link.startswith("pipe:")]
                if pipes:
                    self.wrong.append("the manager holds %s" % pipes)
        finally:
            os.kill(pid, signal.SIGCONT)

    def state(self):
        """What is installed, its receipts, and what is left over."""
        tops = ["depot", "state", "public/.airlock"]
        # Trees may be too deep for os.walk().
        found = subprocess.run(["find"] + tops + ["-mindepth", "1", "-print0"],
                               cwd=self.root, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, check=False)
        files = set(found.stdout.decode().split("\0")[:-1])
        return files - {"depot/.airlock", "depot/.airlock/staging",
                        "public/.airlock", "state/lock", "state/receipts",
                        "state/terms"}

    def compare(self, before, installed):
        """Nothing may be new but what belongs to these archives."""
        for path in sorted(self.state() - before):
            flat = path.replace("/", ",")
            known = any(
                flat.startswith("depot," + i.replace("/", ",")) or
                ("depot," + i.replace("/", ",")).startswith(flat + ",") or
                flat in ("state,receipts," + i.replace("/", ","),
                         "state,receipts," + i.replace("/", ",") + "@manifest")
                for i in installed)
            kept = KEEPS in self.options and \
                path.startswith("public/.airlock/alice,raw,data,1")
            kept |= self.split and path.endswith("@split")
            if not known and not kept:
                self.wrong.append("left over: " + path[:80])
        for path in installed if self.service != "extractor" else []:
            with open(os.path.join(self.root, "depot", path, "content")) as f:
                if f.read() != "data\n":
                    self.wrong.append("installed, but altered: " + path)

    def judge(self, status, reasons):
        """Whom the catalog is asked of already, that one's lie is known before
        the archive's turn comes."""
        reason, want = reasons.get(TARGET), self.want
        early = self.service == "dialer" or \
            (self.service == "fetcher" and self.place != "get")
        if early and reason == "no-catalog":
            reason = reasons.get(CATALOG)
            # The archive itself is not trusted then, which is told first.
            want = (4 if want[0] == 5 else want[0], want[1])
        if self.want == (None, None):
            good = (status, reason) in (INSTALLED, BAD, GATE, DIED, LIED,
                                        REFUSED, SPLIT)
        else:
            good = status == want[0] and want[1] in (None, reason)
        if CATALOG in reasons and not early:
            self.wrong.append("of its catalog: %s" % reasons[CATALOG])
        if not good:
            self.wrong.append("status %s, reason %s, wanted %s %s" %
                              ((status, reason) + want))
        if not self.local and reasons.get(OTHER) != "installed":
            self.wrong.append("the other archive: %s" % reasons.get(OTHER))

    def leftovers(self):
        """Whoever outlives airlock has become a child of this process."""
        for _ in range(20):
            try:
                while os.waitpid(-1, os.WNOHANG)[0] != 0:
                    pass
            except ChildProcessError:
                return
            time.sleep(0.05)
        left = children(str(os.getpid()))
        self.wrong.append("still there: %s" % [name_of(pid) for pid in left])
        for pid in left:
            os.kill(int(pid), signal.SIGKILL)

    def afterwards(self):
        """The true workers finish the job."""
        if not self.local:
            self.aim("http://localhost:%d" % self.setup["port"])
        path = os.path.join(self.root, "depot", TARGET)
        if not os.path.exists(path):
            status, reasons = self.airlock(
                self.setup["airlock"], "--jobs", "1",
                *["--allow-rollback"] * (HAD in self.options))
            if status != 0 or reasons.get(TARGET) != "installed":
                self.wrong.append("the next run: %s %s" % (status, reasons))
                return
        left = os.listdir(os.path.join(self.root, "public/.airlock"))
        # What engines disagree about is kept as evidence.
        if os.listdir(os.path.join(self.root, "depot/.airlock/staging")) or \
                [name for name in left if not name.endswith("@split")]:
            self.wrong.append("the next run leaves something over")

    def run(self):
        self.programs()
        self.depot()
        before, start = self.state(), time.monotonic()
        status, reasons = self.airlock(os.path.join(self.dir, "bin/airlock"),
                                       *["--offline"] * self.local)
        self.seconds = time.monotonic() - start
        self.leftovers()
        self.judge(status, reasons)
        self.split = reasons.get(TARGET) == "split-verdict"
        self.compare(before, [p for p in reasons if
                              reasons[p] == "installed"])
        self.afterwards()
        self.leftovers()
        if not self.wrong:
            subprocess.call(["chmod", "-R", "u+rwX", self.dir])
            subprocess.call(["rm", "-rf", self.dir])
        return self.name, self.seconds, self.wrong


def word_of(lines):
    """The reason, if there is one line and it is a clear one."""
    words = [w for w in TEXTS if TEXTS[w] in lines[0]]
    # Of a split verdict it says what was objected to as well.
    if len(lines) == 1 and "split-verdict" in words:
        return "split-verdict"
    return words[0] if len(lines) == 1 and len(words) == 1 else str(lines)


def replace(path, data):
    """A new file: the old one is a link to everybody's."""
    os.unlink(path)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, 0o755)


def children(pid):
    with open("/proc/%s/task/%s/children" % (pid, pid)) as file:
        return file.read().split()


def name_of(pid):
    try:
        with open("/proc/%s/comm" % pid) as file:
            return file.read().strip()
    except OSError:
        return "gone"


def adopt():
    """Orphans of this process's descendants become its children (prctl(2));
    and no more descriptors than most systems give to a process."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)     # PR_SET_CHILD_SUBREAPER
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))


def run(arguments):
    return Case(*arguments).run()


def main():
    directory, binaries, liar, manager, port = sys.argv[1:6]
    setup = {"dir": directory, "bin": binaries, "liar": liar,
             "manager": manager, "port": int(port),
             "airlock": os.path.join(binaries, "bin/airlock"),
             "pub": os.path.join(directory, "pub"),
             "ca": os.path.join(directory, "tls/ca.pem")}
    cases = [(setup, service, origin, place) + lie
             for service, origin, places in CASES
             for place in places for lie in places[place]
             if (origin != "quorum" or os.path.isdir(
                 os.path.join(directory, "roots", "quorum")))
             and all(w in "%s/%s/%s" % (service, place, lie[0])
                    for w in sys.argv[6:])]
    with concurrent.futures.ProcessPoolExecutor(
            PATIENT, initializer=adopt) as patient, \
            concurrent.futures.ProcessPoolExecutor(
                BUSY, initializer=adopt) as busy:
        done = [pool.map(run, [case for case in cases
                               if (FAST in case[6:]) == waits])
                for pool, waits in ((patient, True), (busy, False))]
        for name, seconds, wrong in itertools.chain(*done):
            todo = " # TODO " + KNOWN[name] if name in KNOWN else ""
            print("%s %s (%.1f s)%s" % ("not ok" if wrong else "ok", name,
                                        seconds, todo))
            for what in wrong[:4]:
                print("#", what)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
