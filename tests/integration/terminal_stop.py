#!/usr/bin/env python3
"""A shell with one job, on a terminal of its own: terminal_stop.py COMMAND...

runs COMMAND in the foreground, types Ctrl-Z on the first SIGUSR1, and on the
second one puts it into the foreground again.  The exit status is COMMAND's."""
import os
import pty
import signal
import sys


def job(command):
    """In its own process group, the terminal's foreground."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    os.execvp(command[0], command)


def shell(command):
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        job(command)
    status = os.waitpid(pid, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        os.tcsetpgrp(0, os.getpid())
        signal.sigwait([signal.SIGUSR1])
        os.tcsetpgrp(0, pid)
        os.killpg(pid, signal.SIGCONT)
        status = os.waitpid(pid, 0)[1]
    os._exit(os.waitstatus_to_exitcode(status) & 255)


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        shell(sys.argv[1:])
    heard = []

    def on_signal(number, frame):
        if heard:
            os.kill(pid, number)
        else:
            os.write(terminal, b"\x1a")
        heard.append(number)

    signal.signal(signal.SIGUSR1, on_signal)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    while True:
        try:
            os.read(terminal, 65536)
        except OSError:         # the last one has closed it
            break
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
