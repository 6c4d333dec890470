# SPDX-License-Identifier: MIT
"""Stores for the tests: the real servers that script/stores starts, and a
server that fails as servers do."""

import contextlib
import http.server
import subprocess
import threading
import time

from helpers import SOURCE


@contextlib.contextmanager
def servers(folder):
    """What script/stores starts: names to values, and why others are not."""
    started = subprocess.Popen(
        [SOURCE / "script" / "stores", folder], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=open(folder / "missing", "w"))
    found = {}
    for line in started.stdout:
        name, _, value = line.strip().partition("=")
        if name == "READY":
            break
        found[name] = value
    found["missing"] = (folder / "missing").read_text()
    try:
        yield found
    finally:
        started.stdin.close()
        started.wait(20)


class Failing(http.server.ThreadingHTTPServer):
    """GET and PUT without lists. `faults` are what the next answers are:
    a status, "cut" for half of a file, "hang" for none, or bytes for these.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.faults, self.asked = {}, [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/maps" % self.server_address[1]

    def handle_error(self, request, address):
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def fault(self):
        """Whether this one is answered by a fault."""
        self.server.asked.append((self.command, self.path,
                                  self.headers.get("Range")))
        # They are meant for whole files, and not for what finds these.
        if not self.server.faults or ".tar.zst" not in self.path or (
                self.command == "HEAD"):
            return False
        fault = self.server.faults.pop(0)
        if fault == "hang":
            time.sleep(30)
            self.close_connection = True
        elif fault == "cut":
            body = self.server.files[self.path]
            self.head(200, body)
            self.wfile.write(body[:len(body) // 2])
            self.close_connection = True
        elif isinstance(fault, bytes):
            self.head(200, fault)
            self.wfile.write(fault)
        else:
            self.head(fault, b"")
        return True

    def head(self, status, body, *headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"%d"' % len(body))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self):
        if self.fault():
            return
        body = self.server.files.get(self.path)
        if body is None:
            self.head(404, b"")
            return
        first = self.headers.get("Range", "")
        if first and self.headers.get("If-Range") == '"%d"' % len(body):
            begin = int(first[6:].partition("-")[0])
            part = body[begin:]
            self.head(206, part, ("Content-Range", "bytes %d-%d/%d" % (
                begin, len(body) - 1, len(body))))
            body = part
        else:
            self.head(200, body)
        self.wfile.write(body)

    def do_HEAD(self):
        self.fault()
        there = self.path in self.server.files
        self.head(200 if there else 404, b"")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.fault():
            self.server.files[self.path] = body
            self.head(201, b"")

    def do_DELETE(self):
        self.server.files.pop(self.path, None)
        self.head(204, b"")
