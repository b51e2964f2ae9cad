#!/usr/bin/env python3
"""badserver.py - a web server that misbehaves on request.

    badserver.py [--bind ADDRESS] [--port N] [--tls CERT KEY] [--to URL]
                 [--log FILE] DIR

serves the files below DIR.  The first element of a request's path says how:
GET /cut/a/b is the file DIR/a/b, cut off in the middle.  When it listens, the
port (chosen by the kernel unless given) is printed on a line of its own.  Each
request becomes a line of the log: method, path, Range, If-Range.

Counted modes count the requests for each path since the server began.

    ok            well-behaved: Range, If-Range, ETag, Content-Length
    nolength      no Content-Length: the body ends when the connection does
    chunked       ok, in chunks
    cut           each response ends after half of the file's bytes
    cutall        each response ends after its header
    chunkedcut    the first response ends within a chunk
    close         the connection ends without a response
    garbage       bytes that are no response
    stall         each response stops after half of the file's bytes
    stallhead     no response, and no end
    slow          256 bytes a second
    endless       a body without end, of a length that is not told
    endlesslength a body without end, of a huge length
    wronglength   Content-Length is 100 more than the body
    shortlength   Content-Length is one less than the body
    change        the first response is other content, cut off; then the file,
                  with another ETag
    glue          the same, but with the same ETag
    ignorerange   cut once, then always the whole
    wrong206      cut once, then the part asked for is not what comes; the whole
                  is right when no part is asked for
    always206     a part, whether it is asked for or not
    parts         cut once, then no part is larger than 3000 bytes
    wrong416      cut once, then there is no such part
    redirect      302 to the URL of --to, followed by the rest of the path
    redirectloop  302 to itself
    credentials   302 to a URL with a user's name and password
    fileredirect  302 to file:///etc/passwd
    headers       header lines without end
    bigheader     one header line without end
    longheaders   50 header lines of 4000 bytes, then the file
    manyheaders   300 short header lines, then the file
    interim       interim responses without end
    gzipte        Transfer-Encoding: gzip, chunked
    404 403 500   that status
    notmodified   304
    500-then-ok   500 for the first two requests, then ok
    busy          503 and Retry-After: 1 for the first request, then ok
"""
import argparse
import gzip
import http.server
import os
import re
import socket
import socketserver
import ssl
import sys
import threading
import time

counts = {}
counts_lock = threading.Lock()


def count(path):
    """How many requests came for path before this one."""
    with counts_lock:
        n = counts.get(path, 0)
        counts[path] = n + 1
        return n


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'badserver'

    def log_message(self, *_):
        pass

    def log_request_line(self):
        if self.server.log:
            print(self.command, self.path, self.headers.get('Range', '-'),
                  self.headers.get('If-Range', '-'), file=self.server.log,
                  flush=True)

    def do_GET(self):
        self.log_request_line()
        parts = self.path.split('/', 2)
        mode = parts[1]
        rest = parts[2] if len(parts) > 2 else ''
        method = getattr(self, 'mode_' + re.sub(r'\W', '_', mode), None)
        if method is None:
            self.plain(404, b'no such mode\n')
            return
        name = os.path.normpath(os.path.join(self.server.files, rest))
        self.rest = rest
        self.body = None
        if os.path.isfile(name) and name.startswith(self.server.files):
            with open(name, 'rb') as f:
                self.body = f.read()
        if self.body is None and mode not in self.NEED_NO_FILE:
            self.plain(404, b'no such file\n')
            return
        try:
            method()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    NEED_NO_FILE = ('redirect', 'redirectloop', 'credentials', 'fileredirect',
                    'headers', 'bigheader', 'interim', 'endless', 'stallhead',
                    'endlesslength', 'close', 'garbage', '404', '403', '500')

    # ---- what the modes are made of ----

    def plain(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def range_asked(self, etag):
        """The offset asked for, if the condition holds; else None."""
        m = re.fullmatch(r'bytes=(\d+)-', self.headers.get('Range', ''))
        condition = self.headers.get('If-Range')
        if not m or (condition is not None and condition != etag):
            return None
        return int(m.group(1))

    def head(self, body, etag='"right"', ranges=True, length=None):
        """Status line and header for body: the offset where it begins."""
        start = self.range_asked(etag) if ranges else None
        if start is not None and start >= len(body):
            self.plain(416, b'', Content_Range='bytes */%d' % len(body))
            return None
        self.send_response(200 if start is None else 206)
        self.send_header('ETag', etag)
        if start is not None:
            self.send_header('Content-Range', 'bytes %d-%d/%d' %
                             (start, len(body) - 1, len(body)))
        start = start or 0
        if length is None:
            length = len(body) - start
        if length >= 0:
            self.send_header('Content-Length', str(length))
        else:
            self.send_header('Connection', 'close')
        self.end_headers()
        return start

    def hang_up(self):
        self.wfile.flush()
        self.close_connection = True

    def hang_on(self):
        """Say nothing until the other side goes away."""
        self.wfile.flush()
        self.close_connection = True
        try:
            self.connection.settimeout(60)
            self.connection.recv(1)
        except OSError:
            pass

    def send_half(self, body, **kw):
        start = self.head(body, **kw)
        if start is None:
            return False
        half = len(body) - len(body) // 2
        self.wfile.write(body[start:start + half])
        return start + half < len(body)

    # ---- modes ----

    def mode_ok(self):
        start = self.head(self.body)
        if start is not None:
            self.wfile.write(self.body[start:])

    def mode_nolength(self):
        self.head(self.body, ranges=False, length=-1)
        self.wfile.write(self.body)
        self.hang_up()

    def chunked(self, body, coding='chunked'):
        self.send_response(200)
        self.send_header('Transfer-Encoding', coding)
        self.end_headers()
        for i in range(0, len(body), 1000):
            piece = body[i:i + 1000]
            self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))

    def mode_chunked(self):
        self.chunked(self.body)
        self.wfile.write(b'0\r\n\r\n')

    def mode_chunkedcut(self):
        if count(self.path) > 0:
            self.mode_chunked()
            return
        self.chunked(self.body[:len(self.body) // 2])
        self.wfile.write(b'3e8\r\nshort')
        self.hang_up()

    def mode_gzipte(self):
        self.chunked(gzip.compress(self.body), 'gzip, chunked')
        self.wfile.write(b'0\r\n\r\n')

    def mode_cut(self):
        if self.send_half(self.body):
            self.hang_up()

    def mode_cutall(self):
        self.head(self.body)
        self.hang_up()

    def mode_close(self):
        self.hang_up()

    def mode_garbage(self):
        self.wfile.write(b'\x16\x03\x01 this is no response\r\n\r\n' * 20)
        self.hang_up()

    def mode_stall(self):
        if self.send_half(self.body):
            self.hang_on()

    def mode_stallhead(self):
        self.hang_on()

    def mode_slow(self):
        start = self.head(self.body)
        if start is None:
            return
        for i in range(start, len(self.body), 64):
            self.wfile.write(self.body[i:i + 64])
            self.wfile.flush()
            time.sleep(0.25)

    def flood(self, piece):
        for _ in range(1 << 40):
            self.wfile.write(piece)

    def mode_endless(self):
        self.head(b'', ranges=False, length=-1)
        self.flood(b'\0' * 65536)

    def mode_endlesslength(self):
        self.head(b'', ranges=False, length=1 << 50)
        self.flood(b'\0' * 65536)

    def mode_wronglength(self):
        self.head(self.body, ranges=False, length=len(self.body) + 100)
        self.wfile.write(self.body)
        self.hang_up()

    def mode_shortlength(self):
        self.head(self.body, ranges=False, length=len(self.body) - 1)
        self.wfile.write(self.body)
        self.hang_up()

    def other_first(self, etag):
        if count(self.path) > 0:
            self.mode_ok()
            return
        other = bytes(b ^ 255 for b in self.body)
        self.send_half(other, etag=etag)
        self.hang_up()

    def mode_change(self):
        self.other_first('"other"')

    def mode_glue(self):
        self.other_first('"right"')

    def mode_ignorerange(self):
        if count(self.path) == 0:
            self.send_half(self.body, ranges=False)
            self.hang_up()
        else:
            self.head(self.body, ranges=False)
            self.wfile.write(self.body)

    def part(self, start, body, most=1 << 60):
        end = min(len(body), start + most)
        self.send_response(206)
        self.send_header('ETag', '"right"')
        self.send_header('Content-Range', 'bytes %d-%d/%d' %
                         (start, end - 1, len(body)))
        self.send_header('Content-Length', str(end - start))
        self.end_headers()
        self.wfile.write(body[start:end])

    def mode_parts(self):
        start = self.range_asked('"right"')
        if start is None:
            self.mode_cut()
        else:
            self.part(start, self.body, 3000)

    def mode_wrong206(self):
        if self.headers.get('Range'):
            self.part(1, self.body)
        elif count(self.path) == 0:
            self.send_half(self.body)
            self.hang_up()
        else:
            self.mode_ok()

    def mode_always206(self):
        self.part(1, self.body)

    def mode_wrong416(self):
        if self.headers.get('Range'):
            self.plain(416, b'', Content_Range='bytes */3')
        elif count(self.path) == 0:
            self.send_half(self.body)
            self.hang_up()
        else:
            self.mode_ok()

    def mode_redirect(self):
        self.plain(302, b'elsewhere\n',
                   Location=self.server.to.rstrip('/') + '/' + self.rest)

    def mode_redirectloop(self):
        self.plain(302, Location=self.path)

    def mode_credentials(self):
        self.plain(302, Location='https://user:secret@localhost/' + self.rest)

    def mode_fileredirect(self):
        self.plain(302, Location='file:///etc/passwd')

    def mode_headers(self):
        self.send_response(200)
        self.end_headers_not_yet()
        self.flood(b'X-Header: and another one\r\n')

    def mode_bigheader(self):
        self.send_response(200)
        self.end_headers_not_yet()
        self.wfile.write(b'X-Header: ')
        self.flood(b'x' * 1000)

    def mode_longheaders(self):
        self.more_headers(50, 'x' * 4000)

    def mode_manyheaders(self):
        self.more_headers(300, 'x')

    def more_headers(self, how_many, value):
        self.send_response(200)
        for i in range(how_many):
            self.send_header('X-Header-%d' % i, value)
        self.send_header('Content-Length', str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def end_headers_not_yet(self):
        self.flush_headers()

    def mode_interim(self):
        self.flood(b'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n')

    def mode_404(self):
        self.plain(404, b'not here\n')

    def mode_403(self):
        self.plain(403, b'not for you\n')

    def mode_500(self):
        self.plain(500, b'broken\n')

    def mode_notmodified(self):
        self.send_response(304)
        self.end_headers()

    def mode_500_then_ok(self):
        if count(self.path) < 2:
            self.plain(500, b'broken\n')
        else:
            self.mode_ok()

    def mode_busy(self):
        if count(self.path) < 1:
            self.plain(503, b'busy\n', Retry_After='1')
        else:
            self.mode_ok()


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64
    tls = None

    def finish_request(self, request, client_address):
        # In the connection's own thread: a slow handshake holds up nobody.
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--bind', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--tls', nargs=2, metavar=('CERT', 'KEY'))
    parser.add_argument('--to', default='http://127.0.0.1/')
    parser.add_argument('--log')
    parser.add_argument('dir')
    args = parser.parse_args()

    if ':' in args.bind:
        Server.address_family = socket.AF_INET6
    server = Server((args.bind, args.port), Handler)
    server.files = os.path.realpath(args.dir)
    server.to = args.to
    server.log = open(args.log, 'a', encoding='ascii') if args.log else None
    if args.tls:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(*args.tls)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
