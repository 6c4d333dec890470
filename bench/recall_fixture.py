# SPDX-License-Identifier: MIT
"""What the programs of bench/recall are made of."""

import os
import subprocess
import textwrap


class Missing(Exception):
    """Something that the program needs is not installed."""


class Program:
    def __init__(self, prepare, needs, quick, twice, incomplete):
        self.prepare = prepare
        self.name = prepare.__name__.replace("_", "-")
        self.needs = needs  # commands
        self.quick = quick
        self.twice = twice  # strace and ftrace in runs of their own
        self.incomplete = incomplete  # what ftrace has to say of its record
        self.about = (prepare.__doc__ or "").strip()


class Programs:
    """A decorator of functions that fill a fixture and return a command."""

    def __init__(self):
        self.all = []

    def __call__(self, *needs, quick=False, twice=False, incomplete=False):
        def take(function):
            self.all.append(
                Program(function, needs, quick, twice, incomplete))
            return function
        return take


class Fixture:
    """A folder that a program is run in, and its environment."""

    def __init__(self, root, environment):
        self.root = root
        self.env = dict(environment, LC_ALL="C.UTF-8")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))
        os.chmod(path, mode)
        return path

    def script(self, name, text):
        return self.write(name, text, 0o755)

    def run(self, *argv):
        """Untraced, for what has to be there before."""
        done = subprocess.run(argv, cwd=self.root, env=self.env,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            raise Missing("%s: %s" % (
                argv[0], done.stdout.decode(errors="replace")[-300:]))
        return done.stdout.decode(errors="replace")

    def some_files(self):
        """A few files, folders and links, good and bad."""
        self.write("a.txt", "alpha\nbeta\n")
        self.write("b.txt", "gamma\n")
        self.write("data/one.txt", "one\n")
        self.write("data/deep/two.txt", "two\n")
        os.mkdir(self.path("empty"))
        os.symlink("data", self.path("dirlink"))
        os.symlink("../a.txt", self.path("data/link"))
        os.symlink("dirlink/deep", self.path("chain"))
        os.symlink("nowhere", self.path("dangling"))

    def commands(self, *lines):
        """A shell that runs the lines; some of them fail, and are meant to."""
        self.write("run.sh", "\n".join(lines) + "\nexit 0\n")
        return ["sh", "run.sh"]
