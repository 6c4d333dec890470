# SPDX-License-Identifier: MIT
"""The ways in which people run some of the tests, or not to the end."""

import os
import signal
import subprocess
import time

import common

QUIET = ("-p", "no:cacheprovider")


def folder_of(path):
    return os.path.dirname(path) or "."


class Runs:
    """Of one suite.  Each way runs, and returns words for what it did."""

    def __init__(self, suite, ftrace, dice):
        self.suite = suite
        self.ftrace = ftrace
        self.dice = dice
        self.tests = []

    def traced(self, verb, *more, paths=None, options=()):
        return self.suite.run(*more, paths=paths, prefix=[
            common.FTRACE, verb, "-q", "--root", self.suite.tree, *options,
            "--"])

    def draw(self, tests):
        """tests: those that there are now."""
        self.tests = sorted(tests)
        return self.dice.choice((
            self._one, self._file, self._files, self._folder, self._word,
            self._first, self._piped, self._last, self._without,
            self._unselected, self._pattern, self._unset, self._inside,
            self._listed, self._interrupted, self._twice, self._full,
            self._named_wrongly, self._nothing, self._nothing,
            self._nothing))()

    def _verb(self):
        return self.dice.choice(("run", "test"))

    def _some_file(self):
        return self.dice.choice(self.tests).split("::")[0]

    def _one(self):
        tests = self.dice.sample(self.tests, min(2, len(self.tests)))
        self.traced("run", *QUIET, paths=tests)
        return "ran " + " and ".join(tests)

    def _file(self):
        verb, file = self._verb(), self._some_file()
        self.traced(verb, *QUIET, paths=[file])
        return "%s %s" % (verb, file)

    def _files(self):
        verb = self._verb()
        files = sorted({self._some_file() for _ in range(3)})
        self.traced(verb, *QUIET, paths=files)
        return "%s %s" % (verb, " ".join(files))

    def _folder(self):
        verb, folder = self._verb(), folder_of(self._some_file())
        self.traced(verb, *QUIET, paths=[folder])
        return "%s %s" % (verb, folder)

    def _word(self):
        words = self.dice.choice(self.tests).split("::")[-1].split("[")[0]
        word = self.dice.choice(words.split("_"))
        if not word.isidentifier() or word in ("and", "or", "not"):
            return "looked for nothing"
        verb = self._verb()
        self.traced(verb, *QUIET, "-k", word)
        return "%s -k %s" % (verb, word)

    def _first(self):
        verb = self._verb()
        self.traced(verb, *QUIET, "-x")
        return verb + " -x"

    def _piped(self):
        arguments = self.ftrace.arguments()
        if not arguments:
            return "had nothing to run"
        self.traced("run", *QUIET, paths=arguments)
        return "ran what is affected"

    def _last(self):
        # The first leaves the list of what failed, in the project.
        self.traced("run", "--lf")
        return "run --lf"

    def _without(self):
        verb, path = self._verb(), self._some_file()
        if self.dice.random() < 0.3 and os.path.dirname(path):
            path = folder_of(path)
        self.traced(verb, *QUIET, "--ignore=" + path)
        return "%s --ignore=%s" % (verb, path)

    def _unselected(self):
        verb, test = self._verb(), self.dice.choice(self.tests)
        self.traced(verb, *QUIET, "--deselect=" + test)
        return "%s --deselect=%s" % (verb, test)

    def _pattern(self):
        verb = self._verb()
        name = os.path.basename(self._some_file())
        self.traced(verb, *QUIET, "-o", "python_files=" + name)
        return "%s -o python_files=%s" % (verb, name)

    def _unset(self):
        verb, folder = self._verb(), folder_of(self._some_file())
        more = "--rootdir=.", "-c", os.devnull
        self.traced(verb, *QUIET, *more, paths=[folder])
        return " ".join((verb, *more, folder))

    def _inside(self):
        verb, folder = self._verb(), folder_of(self._some_file())
        self.suite.run(*QUIET, paths=["."], prefix=[
            "env", "-C", folder, common.FTRACE, verb, "-q", "--"])
        return "%s in %s" % (verb, folder)

    def _listed(self):
        verb = self._verb()
        self.traced(verb, *QUIET, "--collect-only", "-q")
        return verb + " --collect-only"

    def _begun(self, verb, *arguments):
        """One that is not waited for; Ctrl-C reaches all of its group."""
        return subprocess.Popen(
            [common.FTRACE, verb, "-q", "--root", self.suite.tree, "--",
             *arguments], cwd=self.suite.tree, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.suite.environment(True, False), start_new_session=True)

    def _interrupted(self):
        pause = self.dice.random() * 1.5
        with self._begun("test", *self.suite.telling(*QUIET)) as child:
            time.sleep(pause)
            try:
                os.killpg(child.pid, signal.SIGINT)
            except ProcessLookupError:
                pass
        return "test, Ctrl-C after %.2f s" % pause

    def _twice(self):
        """Two at once; the second may be the first that stores."""
        file = self._some_file()
        with self._begun("run", *self.suite.pytest(*QUIET, paths=[file])):
            self.traced("test", *QUIET)
        return "test, and beside it run " + file

    def _full(self):
        self.traced("test", *QUIET, options=["--full"])
        return "test --full"

    def _named_wrongly(self):
        self.traced("run", *QUIET, paths=[self._some_file(), "not_there.py"])
        return "ran one that is not there"

    def _nothing(self):
        return "did nothing"
