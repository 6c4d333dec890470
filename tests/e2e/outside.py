# SPDX-License-Identifier: MIT
"""What ftrace cannot see: a server that was there before the run.

Tests ask it for the answer to a name, which is what a file of that name holds
where nothing else was set.
"""

import contextlib
import socketserver
import threading

ASK = """\
import os, socket
def ask(name):
    with socket.create_connection(
            ("127.0.0.1", int(os.environ["OUTSIDE"]))) as s:
        s.sendall(name.encode() + b"\\n")
        return s.makefile().read().strip()
if __name__ == "__main__":
    import sys
    sys.exit(ask(sys.argv[1]) == "bad")
"""


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def answer(self, name):
        # In turn, the last one for good.
        answers = self.answers.get(name)
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return (self.folder / name).read_text(encoding="utf-8")


class Asked(socketserver.StreamRequestHandler):
    def handle(self):
        name = self.rfile.readline().decode().strip()
        self.wfile.write(self.server.answer(name).encode())


@contextlib.contextmanager
def outside(project):
    """Yields the answers: a list for a name."""
    with Server(("127.0.0.1", 0), Asked) as server:
        server.folder = project.root
        server.answers = {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        project.env["OUTSIDE"] = str(server.server_address[1])
        project.write("asking.py", ASK)
        yield server.answers
        server.shutdown()
