"""What `airlock audit --attack --json` says: attack_facts.py CHECK FILE.

Prints what is wrong, and fails if anything is.
"""
import json
import sys

JAILS = ['dialer', 'fetcher', 'verifier template',
         'verifier child', 'sequoia template', 'sequoia child',
         'extractor template', 'extractor child',
         'packer of a directory', 'packer of a file', 'signer', 'reader',
         'checker']
ACTS = 60
# Works for everybody where there is no jail: what is said of these acts is said
# of the jail, and not of the kernel.
WORK_OUTSIDE = [
    'passwd_read', 'create_tmp', 'root_list', 'root_up', 'proc_self',
    'exec_program', 'exec_memory', 'fork', 'fork_stays', 'clone_user',
    'unshare_user', 'ptrace_self', 'pidfd_open', 'prctl_dumpable',
    'map_exec', 'protect_exec', 'memfd', 'exhaust_memory',
    'exhaust_descriptors', 'socket_tcp', 'socket_unix', 'socket_netlink',
    'connect_tcp', 'send_udp', 'listen_port', 'channel_peer',
    'channel_descriptors', 'file_lease', 'slots_grow', 'key_add', 'mount_tmpfs',
    'root_chroot', 'hostname', 'reboot', 'input_write']
# All that could be blocked, and is not.
GAPS = [('signer', 'fork_stays'), ('signer', 'exhaust_processes')]
# PROCESS, ACT, RESULT, one of these layers.
KNOWN = [
    ('fetcher', 'socket_tcp', 'blocked', ['seccomp: killed']),
    # Calls that the filter knows, with other arguments.
    ('fetcher', 'connect_tcp', 'blocked', ['seccomp: killed']),
    ('fetcher', 'option_filter', 'blocked', ['seccomp: killed']),
    ('extractor template', 'fork_thread', 'blocked', ['seccomp: killed']),
    ('fetcher', 'held_sendto', 'blocked', ['seccomp: trapped']),
    ('fetcher', 'slots_grow', 'blocked', ['seccomp: trapped', 'descriptor']),
    ('fetcher', 'channel_descriptors', 'blocked', ['channel']),
    ('dialer', 'connect_tcp', 'needed', ['']),
    ('dialer', 'socket_mptcp', 'blocked', ['seccomp: trapped']),
    ('verifier child', 'exec_gpg', 'needed', ['']),
    ('sequoia child', 'exec_gpg', 'blocked', ['view', 'landlock']),
    ('sequoia child', 'fork_stays', 'blocked', ['pid namespace']),
    ('sequoia child', 'create_tmp', 'blocked', ['view', 'landlock',
                                                'seccomp: trapped']),
    ('verifier child', 'fork_stays', 'blocked', ['pid namespace']),
    ('verifier child', 'kill_other', 'blocked',
     ['pid namespace', 'seccomp: trapped']),
    ('verifier child', 'exhaust_memory', 'blocked', ['limits']),
    ('extractor template', 'prlimit_other', 'blocked', ['pid namespace']),
    ('extractor child', 'victim_read', 'blocked',
     ['view', 'landlock', 'seccomp: trapped']),
    ('extractor child', 'fork', 'blocked', ['seccomp: trapped']),
    ('extractor child', 'create_setuid', 'blocked', ['seccomp: trapped']),
    ('packer of a directory', 'victim_read', 'needed', ['']),
    ('packer of a directory', 'passwd_read', 'blocked', ['view', 'landlock']),
    ('packer of a file', 'passwd_read', 'blocked', ['seccomp: trapped']),
    ('signer', 'create_setuid', 'blocked', ['seccomp: trapped']),
    ('signer', 'create_tmp', 'blocked', ['landlock']),
    ('signer', 'prlimit_other', 'blocked', ['seccomp: trapped']),
    ('signer', 'socket_tcp', 'blocked',
     ['seccomp: trapped', 'seccomp: killed']),
    ('signer', 'exhaust_memory', 'blocked', ['limits']),
    ('signer', 'core', 'blocked', ['limits', 'kernel', 'capabilities']),
    ('reader', 'fork_thread', 'blocked', ['seccomp: killed']),
    ('checker', 'victim_read', 'needed', ['']),
    ('checker', 'victim_write', 'blocked', ['seccomp: trapped']),
    ('checker', 'passwd_read', 'blocked', ['view', 'landlock'])]


def whole(rows):
    """Every act in every process, once."""
    acts = {row['act'] for row in rows}
    if len(acts) < ACTS:
        yield 'only %d acts' % len(acts)
    pairs = sorted((row['process'], row['act']) for row in rows)
    if pairs != sorted((jail, act) for jail in JAILS for act in acts):
        yield 'other processes, or not each act once'
    for jail in JAILS:
        tried = [row for row in rows
                 if row['process'] == jail and row['result'] != 'void']
        if len(tried) < ACTS:
            yield '%s: only %d acts' % (jail, len(tried))


def closed(rows):
    for row in rows:
        if (row['process'], row['act']) in GAPS and row['result'] == 'gap':
            continue
        if row['result'] not in ('blocked', 'needed', 'void'):
            yield '%(process)s: %(text)s: %(result)s' % row
        if row['result'] == 'blocked' and not row['layer']:
            yield '%(process)s: %(text)s: by nothing' % row
        if row['result'] == 'needed' and not row['reason']:
            yield '%(process)s: %(text)s: needed for nothing' % row


def control(rows):
    """Without a jail."""
    for row in rows:
        if not row['control']:
            yield '%(act)s: no word about it' % row
        if row['act'] in WORK_OUTSIDE and row['control'] != 'works':
            yield '%(act)s: %(control)s' % row
    missing = set(WORK_OUTSIDE) - {row['act'] for row in rows}
    if missing:
        yield 'no such acts: %s' % missing


def known(rows):
    for process, act, result, layers in KNOWN:
        found = [row for row in rows
                 if (row['process'], row['act']) == (process, act)]
        if [row['result'] for row in found] != [result] or \
                found[0]['layer'] not in layers:
            yield '%s, %s: %s' % (process, act, found)


def holes(rows):
    """What is open, for comparison."""
    print(' '.join(sorted(row['process'].replace(' ', '-') + ':' + row['act']
                          for row in rows if row['result'] == 'open')))
    return []


def main():
    with open(sys.argv[2], encoding='utf-8') as lines:
        events = [json.loads(line) for line in lines]
    rows = [event for event in events if event['event'] == 'attack']
    wrong = sorted(set({'whole': whole, 'closed': closed, 'control': control,
                        'known': known, 'holes': holes}[sys.argv[1]](rows)))
    for line in wrong:
        print(line)
    sys.exit(bool(wrong))


main()
