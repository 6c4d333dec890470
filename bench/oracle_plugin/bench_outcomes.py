# SPDX-License-Identifier: MIT
"""A pytest plugin that writes down what became of each test.

One JSON object a line goes to the file BENCH_OUTCOMES, as it happens, so that
a run which dies tells how far it came.  With BENCH_SURVEY the last line also
has what the run loaded and opened below the current directory.  The tests see
neither the variables nor this folder on their path.

It has no hook of the collection: this is no installed plugin, and where code of
the project takes part in that, ftrace selects more when a directory changes.
"""

import importlib.machinery
import json
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
START = os.getcwd()


def _below(path):
    """The path as seen from the start, or None for one elsewhere."""
    if not isinstance(path, (str, bytes)):
        return None
    path = os.path.normpath(os.path.join(START, os.fsdecode(path)))
    if path == START:
        return "."
    return path[len(START) + 1:] if path.startswith(START + "/") else None


class Recorder:
    def __init__(self, target, survey):
        self.file = os.open(
            target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.write_file = os.write
        self.survey = survey
        self.opened = set()
        self.ended = {}
        self.root = START
        if survey:
            sys.addaudithook(self._audit)

    def _audit(self, event, args):
        if event == "open" and self.opened is not None and args:
            path = _below(args[0])
            if path and path != ".":
                self.opened.add(path)

    def _write(self, **event):
        line = json.dumps(event) + "\n"
        self.write_file(self.file, line.encode())

    def _id(self, nodeid):
        """Relative to the start, whatever pytest takes for its root."""
        file, colons, rest = nodeid.partition("::")
        path = os.path.normpath(os.path.join(self.root, file))
        return os.path.relpath(path, START) + colons + rest

    def pytest_configure(self, config):
        self.root = str(getattr(config, "rootpath", None) or config.rootdir)

    def pytest_exception_interact(self, report):
        if getattr(report, "when", None) == "collect" and report.failed:
            self._write(uncollected=self._id(report.nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        self._write(collected=[self._id(item.nodeid)
                               for item in session.items])

    def pytest_runtest_logstart(self, nodeid):
        self._write(start=self._id(nodeid))
        self.ended[nodeid] = "passed"

    def pytest_runtest_logreport(self, report):
        if report.outcome == "rerun":
            return
        if report.failed:
            self.ended[report.nodeid] = (
                "failed" if report.when == "call" else "error")
        elif report.skipped and self.ended.get(report.nodeid) == "passed":
            self.ended[report.nodeid] = "skipped"

    def pytest_runtest_logfinish(self, nodeid):
        self._write(id=self._id(nodeid), outcome=self.ended.pop(nodeid, None))

    def pytest_sessionfinish(self, exitstatus):
        more = {}
        if self.survey:
            opened, self.opened = self.opened, None
            sources = {_below(getattr(module, "__file__", None))
                       for module in list(sys.modules.values())}
            more = {
                "loaded": sorted(sources - {None}),
                "opened": sorted(opened),
                "path": [_below(each) if each else "." for each in sys.path],
                "names": sorted(name for name in sys.modules
                                if "." not in name),
                "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
            }
        self._write(end=int(exitstatus), **more)


def _hide():
    before = os.environ.pop("BENCH_PYTHONPATH", None)
    if before is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = before
    sys.path[:] = [each for each in sys.path if each != HERE]


def pytest_configure(config):
    target = os.environ.pop("BENCH_OUTCOMES", None)
    survey = os.environ.pop("BENCH_SURVEY", None)
    if target:
        _hide()
        recorder = Recorder(target, survey)
        recorder.pytest_configure(config)
        config.pluginmanager.register(recorder, "bench-outcomes-recorder")
