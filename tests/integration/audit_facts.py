"""What `airlock audit --json` says, against other tools: audit_facts.py CHECK FILE.

Prints what differs, and fails if anything does.
"""
import collections
import json
import os
import subprocess
import sys

# Programs that are not ours.
ENGINES = ('gpg', 'sqv')


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          env=dict(os.environ, LC_ALL='C')).stdout.decode()


def read(path):
    events = collections.defaultdict(list)
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            event = json.loads(line)
            events[event.pop('event')].append(event)
    return events


def code_of(path):
    """Sum of the sections that readelf marks as executable."""
    total = 0
    for line in run('readelf', '-SW', path).splitlines():
        number, _, rest = line.partition(']')
        words = rest.split()
        if not number.strip().startswith('[') or len(words) < 10:
            continue
        if 'X' in words[6] and words[1] != 'NOBITS':
            total += int(words[4], 16)
    return total


def loaded_by(path):
    """The files that the dynamic loader maps, by ldd."""
    files = {}
    for line in run('ldd', path).splitlines():
        words = line.split()
        if '=>' in words:
            files[words[0]] = os.path.realpath(words[2])
        elif words[0].startswith('/'):
            files[os.path.basename(words[0])] = os.path.realpath(words[0])
    return files


def differ(what, got, wanted):
    if got == wanted:
        return 0
    print('%s: got %s, wanted %s' % (what, got, wanted))
    return 1


def check_names(events):
    return differ('processes', [p['process'] for p in events['process']],
                  ['airlock', 'launcher', 'manager', 'dialer', 'fetcher',
                   'verifier', 'gpg', 'sequoia', 'sqv', 'extractor', 'packer',
                   'signer', 'reader', 'checker']) + \
        differ('jails', [j['jail'] for j in events['jail']],
               ['launcher', 'manager',
                'dialer', 'fetcher', 'verifier template',
                'verifier child', 'sequoia template', 'sequoia child',
                'extractor template', 'extractor child',
                'packer of a directory', 'packer of a file', 'signer',
                'reader', 'checker'])


def check_code(events):
    wrong = 0
    for process in events['process']:
        for file in [process] + process['libraries']:
            wrong += differ(file['path'], file['machine_code'],
                            code_of(file['path']))
            wrong += differ(file['path'] + ': something', True,
                            file['machine_code'] > 0)
    return wrong


def check_closure(events):
    wrong = 0
    for process in events['process']:
        got = {library['name']: os.path.realpath(library['path'])
               for library in process['libraries']}
        wrong += differ(process['process'], got, loaded_by(process['path']))
        needed = [line.split('[')[1].rstrip(']\n') for line in
                  run('readelf', '-dW', process['path']).splitlines()
                  if '(NEEDED)' in line]
        wrong += differ(process['process'] + ', direct',
                        [library['name'] for library in process['libraries']
                         if library['direct']], needed)
    return wrong


def check_trusted(events):
    """The trusted side has none of the four libraries, and next to nothing."""
    wrong = 0
    for process in events['process']:
        if process['side'] != 'trusted':
            continue
        names = {library['name'].split('.')[0]
                 for library in process['libraries']}
        allowed = {'libc', 'ld-linux-x86-64', 'ld-linux-aarch64'}
        if process['process'] == 'manager':
            allowed.add('libmd')
        if names & {'libasan', 'libubsan', 'libtsan'}:
            allowed |= {'libasan', 'libubsan', 'libtsan', 'libm', 'libdl',
                        'libgcc_s', 'libstdc++', 'libpthread', 'librt'}
        wrong += differ(process['process'], names - allowed, set())
    return wrong


def whole(lines):
    return {kind: lines[kind] for kind in ('code', 'policy', 'headers')}


def check_sums(events):
    """Each sum once more, from the rows."""
    total = events['sum'][0]
    trusted = {'manager', 'launcher'}
    lines = collections.Counter()
    jailed = collections.Counter()
    each = collections.defaultdict(collections.Counter)
    for source in events['source']:
        for process in source['processes']:
            each[process][source['class']] += source['lines']
        if trusted & set(source['processes']):
            lines[source['class']] += source['lines']
        elif set(source['processes']) - {'airlock'}:
            jailed[source['class']] += source['lines']
    wrong = differ('trusted', total['trusted'], dict(lines))
    wrong += differ('jailed', total['jailed'], dict(jailed))
    wrong += differ('trusted_lines', total['trusted_lines'],
                    lines['code'] + lines['policy'])
    for process in events['process']:
        if process['process'] not in ENGINES:
            wrong += differ(process['process'], process['lines'],
                            whole(each[process['process']]))
    believed = {library['name'] for process in events['process']
                if process['side'] == 'trusted'
                for library in process['libraries']}
    files = {}
    for process in events['process']:
        if process['side'] != 'jailed':
            continue
        if process['process'] in ENGINES:
            files[process['process']] = process['machine_code']
        for library in process['libraries']:
            if library['name'] not in believed:
                files[library['name']] = library['machine_code']
    wrong += differ('distrusted machine code',
                    total['distrusted_machine_code'], sum(files.values()))
    packages = events['package']
    wrong += differ('packages, machine code',
                    sum(p['machine_code'] for p in packages),
                    sum(files.values()))
    counted = [p['lines'] for p in packages if 'lines' in p]
    wrong += differ('packages, lines', total['distrusted_lines'],
                    sum(counted))
    wrong += differ('packages without lines', total['uncounted_packages'],
                    len(packages) - len(counted))
    wrong += differ('ratio', total['distrusted_for_each_trusted'],
                    sum(counted) // total['trusted_lines'])
    return wrong


def check_installed(events):
    """What is said to be installed is what dpkg knows of the library's file."""
    wrong = 0
    packages = {p['package']: p for p in events['package']}
    for line in run('dpkg-query', '-W', '-f', '${Package} ${source:Package} '
                    '${source:Version} ${db:Status-Status}\n').splitlines():
        package, source, version, state = (line.split() + [''])[:4]
        if state == 'installed' and package.startswith(
                ('libcurl4', 'libarchive13', 'libgpgme11', 'libssl3')) and \
                '-' not in package:
            wrong += differ(package, packages[source]['installed'], version)
            del packages[source]
    wrong += differ('known by dpkg', {'curl', 'libarchive', 'gpgme1.0'} &
                    set(packages), set())
    return wrong


def check_filters(events):
    """A few facts that the tables are known to hold."""
    wrong = 0
    for jail in events['jail']:
        trusted = jail['process'] in ('manager', 'launcher')
        groups = jail['outer' if trusted else 'inner']
        inner = [call for group in groups for call in group['calls']]
        calls = {call['call'] for call in inner if 'answers' not in call}
        wrong += differ(jail['jail'] + ' execs', 'execve' in calls,
                        jail['process'] in ('verifier', 'sequoia', 'signer',
                                            'launcher'))
        wrong += differ(jail['jail'] + ' is jailed', len(inner) > 10, True)
        wrong += differ(jail['jail'] + ' makes sockets', 'socket' in calls,
                        jail['jail'] in ('dialer', 'signer', 'launcher'))
        wrong += differ(jail['jail'] + ' has the host\'s network',
                        'host' in jail['namespaces'],
                        jail['jail'] in ('dialer', 'signer', 'launcher',
                                         'manager'))
        wrong += differ(jail['jail'] + ' says why',
                        all(group['need'] for group in groups), True)
        wrong += differ(jail['jail'] + ' has nameless calls',
                        [c for c in inner if ' ' in c['call']], [])
        for call in inner:
            # Only an engine's loader maps code.
            if call['call'] == 'mmap':
                wrong += differ(
                    jail['jail'] + ' mmap', call['rule'] == 'mmap',
                    jail['process'] in ('verifier', 'sequoia', 'signer') or
                    trusted)
    return wrong


def check_html(path):
    """Well formed, and nothing in it that a browser would fetch."""
    import html.parser

    class Parser(html.parser.HTMLParser):
        empty = {'meta', 'br', 'hr', 'line', 'path', 'rect', 'circle',
                 'polygon', 'use'}
        wrong = 0
        seen = collections.Counter()

        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            self.seen[tag] += 1
            if tag not in self.empty:
                self.open.append(tag)
            for name, value in attrs:
                if name in ('src', 'srcset', 'data', 'action', 'poster') or \
                        name.startswith('on') or \
                        (name.endswith('href') and value[:1] != '#'):
                    self.wrong += differ(tag, name + '=' + value, 'none')
            if tag in ('script', 'link', 'iframe', 'object', 'img', 'base'):
                self.wrong += differ('tag', tag, 'none')

        def handle_startendtag(self, tag, attrs):
            self.handle_starttag(tag, attrs)
            if tag not in self.empty:
                self.open.pop()

        def handle_endtag(self, tag):
            got = self.open.pop() if self.open else None
            self.wrong += differ('</%s> closes' % tag, got, tag)

    with open(path, encoding='utf-8') as file:
        text = file.read()
    parser = Parser()
    parser.feed(text)
    parser.close()
    wrong = parser.wrong + differ('left open', parser.open, [])
    for word in ('url(', '@import', 'http:', 'https:', 'javascript:'):
        wrong += differ('has ' + word, word in text.replace('url(#', ''),
                        False)
    for tag in ('svg', 'table', 'h1', 'title'):
        wrong += differ('has ' + tag, parser.seen[tag] > 0, True)
    return wrong


if __name__ == '__main__':
    check, path = sys.argv[1:]
    if check == 'html':
        sys.exit(check_html(path) != 0)
    sys.exit(globals()['check_' + check](read(path)) != 0)
