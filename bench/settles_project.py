# SPDX-License-Identifier: MIT
"""A project of its own for a set-up, what happens to it, and what is asked."""

import collections
import json
import os
import shutil
import subprocess
import tempfile
import textwrap

import common
import mutate_projects
from common import Broken

WORK = os.path.join(common.WORK, "settles")

# What a step finds: units selected, units there are, and the reasons.
Answer = collections.namedtuple("Answer", "count total reasons")


class Setup:
    """A way to run tests: files, a command, an edit of a source."""

    def __init__(self, name, files, command, edit, *, tool, comment=(),
                 most=None, keep=(), once=(), prepare=(), variables=None,
                 asked=None, run=(), checks=False, gone=None):
        self.name = name
        # Name to text, or one of mutate_projects' known projects.
        self.files = files
        self.command = command
        # (file, text, text instead): has to select something.
        self.edit = edit
        # Files of Python, whose comments say nothing.
        self.comment = comment
        # A share of the tests that the edit may select.
        self.most = most
        # Makes the tool; returns the variables that lead to it, and places.
        self.tool = tool
        # Paths that are no outputs, although git does not know them.
        self.keep = keep
        # Commands before the first commit, and after each checkout.
        self.once = once
        self.prepare = prepare
        self.variables = variables or {}
        # Variables of what asks, and not of what records.
        self.asked = asked or {}
        # Options of `ftrace run`.
        self.run = run
        # Whether ftrace.json says what runs.
        self.checks = checks
        # Called for another removal than git's of all that it ignores.
        self.gone = gone


class Project:
    """The set-up on disk, below git, in a home of its own."""

    def __init__(self, setup):
        self.setup = setup
        self.work = os.path.join(WORK, setup.name)
        self.root = os.path.join(self.work, "project")
        self.home = os.path.join(self.work, "home")
        self.log = os.path.join(self.work, "log")
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.root)
        os.makedirs(self.home)
        # A file there is meant to be in the system's folder.
        self.other = tempfile.mkdtemp(prefix="settles-")
        self.leads = setup.tool()
        self.command = [self.fill(word) for word in setup.command]

    def fill(self, text):
        """Places have names of that form: @OTHER@, and what the tool has."""
        for name, place in {"@OTHER@": self.other, **self.leads}.items():
            if name.startswith("@"):
                text = text.replace(name, place)
        return text

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.other, ignore_errors=True)

    def variables(self):
        made = common.environment()
        made["HOME"] = self.home
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            made.pop(name, None)
        for given in (self.leads, self.setup.variables):
            for name, value in given.items():
                if name.startswith("@"):
                    continue
                if value is None:
                    made.pop(name, None)
                elif name == "PATH":
                    made["PATH"] = value + os.pathsep + made["PATH"]
                else:
                    made[name] = self.fill(value)
        return made

    def call(self, argv, good=(0,), also=None):
        """Runs a command in the project; returns what it printed."""
        done = subprocess.run(
            argv, cwd=self.root, env={**self.variables(), **(also or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        said = done.stderr.decode(errors="replace")
        out = done.stdout.decode(errors="replace")
        with open(self.log, "a") as log:
            log.write("$ %s\n%s%s" % (" ".join(argv), out, said))
        if done.returncode not in good:
            raise Broken("%s: %s ended with %d:\n%s%s" % (
                self.setup.name, " ".join(argv), done.returncode,
                out[-2000:], said[-2000:]))
        return out

    def git(self, *words):
        return self.call(["git", "-c", "user.name=a", "-c", "user.email=a@b",
                          *words])

    def ftrace(self, verb, *words, also=None):
        # The project lies inside another one, whose map is not meant.
        return self.call([common.FTRACE, verb, "--root", self.root, *words],
                         also=also)

    # What happens to it.

    def make(self):
        if isinstance(self.setup.files, mutate_projects.Known):
            shutil.copytree(mutate_projects.unpacked(
                self.setup.files, next(iter(common.pythons().values()))),
                self.root, symlinks=True, dirs_exist_ok=True)
        else:
            self._write(self.setup.files)
        # Tools that look for the repository are not to find the one above.
        self.git("init", "-q")
        for command in self.setup.once:
            self.call([self.fill(word) for word in command])
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "all")
        self.ready()

    def _write(self, files):
        for name, text in files.items():
            path = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            text = self.fill(textwrap.dedent(text).lstrip("\n"))
            with open(path, "w") as out:
                out.write(text)
            if text.startswith("#!"):
                os.chmod(path, 0o755)

    def ready(self):
        for command in self.setup.prepare:
            self.call([self.fill(word) for word in command])

    def whole(self):
        if self.setup.checks:
            self.ftrace("check", "--all")
        else:
            self.ftrace("run", "-q", *self.setup.run, "--", *self.command)

    def touch(self):
        """All that git knows."""
        for name in self.git("ls-files", "-z").split("\0")[:-1]:
            os.utime(os.path.join(self.root, name))

    def remove(self):
        """What the runs have made: all that git does not know."""
        kept = (".ftrace", *self.setup.keep)
        self.git("clean", "-ffdxq", *(
            word for name in kept for word in ("-e", name)))
        for place in (self.home, self.other):
            shutil.rmtree(place)
            os.makedirs(place)

    def clone(self):
        """As a job finds it that restores nothing but the map."""
        self.git("commit", "-q", "-a", "-m", "edited")
        other = os.path.join(self.work, "clone")
        self.git("clone", "-q", self.root, other)
        # As tar restores it.
        self.call(["cp", "-a", ".ftrace", other])
        shutil.rmtree(self.root)
        os.rename(other, self.root)
        self.ready()

    def remark(self):
        for name in self.setup.comment:
            with open(os.path.join(self.root, name), "a") as out:
                out.write("# A remark.\n")

    def edit(self):
        name, old, new = self.setup.edit
        path = os.path.join(self.root, name)
        text = common.read(path)
        if text.count(old) != 1:
            raise Broken("%s: %r is not once in %s" % (
                self.setup.name, old, name))
        with open(path, "w") as out:
            out.write(text.replace(old, new))

    # What is asked.

    def selected(self):
        """What `ftrace affected` selects, or `ftrace check` had to run."""
        if self.setup.checks:
            return self.checked()
        answer = json.loads(self.ftrace("affected", "--json", "-q",
                                        also=self.setup.asked))
        total = answer["recorded"]
        reasons = collections.Counter()
        for unit in answer["units"]:
            first = unit["reasons"][0]
            reasons[self.short("%s %s" % (
                first.get("path", ""), first["what"])).strip()] += 1
            if first["what"] in ("failed", "incomplete"):
                reasons["  " + first.get("text", "")] += 1
        return Answer(len(answer["units"]), total, reasons)

    def why(self, answer):
        """How `ftrace why` explains the first unit."""
        if self.setup.checks or not answer.count:
            return ""
        units = json.loads(self.ftrace("affected", "--json", "-q",
                                       also=self.setup.asked))["units"]
        if not units:
            return ""
        return self.short(self.ftrace("why", units[0]["id"],
                                      also=self.setup.asked))

    def short(self, text):
        return (text.replace(self.root + "/", "").replace(self.work, "WORK")
                .replace(self.other, "OTHER"))

    def checked(self):
        answer = json.loads(self.ftrace("check", "--json",
                                        also=self.setup.asked))
        reasons = collections.Counter()
        for check in answer["checks"]:
            if check["state"] != "hit":
                reasons[self.short("%s: %s" % (
                    check["name"], check.get("reason", check["state"])))] += 1
        return Answer(sum(reasons.values()), len(answer["checks"]), reasons)

    def tested(self):
        """How many units `ftrace test` runs."""
        if self.setup.checks:
            return self.checked()
        path = os.path.join(self.work, "report")
        self.ftrace("test", "--report", path, "--", *self.command)
        with open(path) as report:
            totals = json.load(report)["totals"]
        return Answer(totals["ran"], totals["units"], collections.Counter())
