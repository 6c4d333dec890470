# SPDX-License-Identifier: MIT
"""The projects that are mutated, and the environments they run in."""

import copy
import glob
import hashlib
import os
import shutil
import tarfile

import common
from common import Broken

WORK = os.path.join(common.WORK, "mutate")
TESTMON = "pytest-testmon==2.2.0"


class Known:
    """A source distribution whose suite passes, and how it is run."""

    def __init__(self, name, version, sha256, why, *, paths, requires=(),
                 options=(), pythonpath=(".",), pytest="7.4.4"):
        self.name = name
        self.version = version
        self.sha256 = sha256
        self.why = why
        self.paths = paths
        self.requires = ["pytest==" + pytest, *requires]
        self.options = ["-q", *options]
        self.pythonpath = pythonpath
        self.venv = "venv"

    def with_pytest(self, version):
        """The same, with another one than that whose suite is known."""
        other = copy.copy(self)
        other.requires = ["pytest==" + version, *self.requires[1:]]
        other.venv = "venv-pytest-" + version
        return other


class Written(Known):
    """One of bench/setups, whose framework looks up what it is set to."""

    def __init__(self, name, why, requires):
        super().__init__(name, "written", None, why, paths=["tests"],
                         requires=requires)

    def write(self, source):
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(os.path.join(common.ROOT, "bench", "setups",
                                     self.name), source)


# Versions whose suites pass under Python 3.11 without the network.
KNOWN = [
    Known("click", "8.1.7", common.CLICK_SHA256,
          "a library of a few large modules that all import each other",
          paths=["tests"], pythonpath=["src"], pytest=common.PYTEST),
    Known("mistune", "3.0.2",
          "fc7f93ded930c92394ef2cb6f04a8aabab4117a91449e72dcc8dfa646a508be8",
          "a parser: tests made from data files, plugins loaded by name",
          paths=["tests"]),
    Known("mako", "1.3.5",
          "48dbc20568c1d276a2698b36d968fa76161bf127194907ea6fc594fa81f943bc",
          "a template engine: compiles code under invented file names",
          paths=["test"], requires=["MarkupSafe==2.1.5"]),
    Known("babel", "2.14.0",
          "6919867db036398ba21eb5c7a0f6b28ab8cbc3ae7a73a44ebe34ae74a4e7d363",
          "hundreds of data files behind a cache, doctests",
          # Smoke tests of all locales, and builds of whole packages, are
          # most of the suite's time.
          paths=["tests", "babel/core.py", "babel/localedata.py",
                 "babel/plural.py", "babel/support.py", "babel/lists.py"],
          options=["--ignore=tests/test_smoke.py",
                   "--ignore=tests/messages/test_setuptools_frontend.py"],
          requires=["freezegun==1.5.1", "pytz==2024.1",
                    "setuptools==68.2.2"]),
    Known("pluggy", "1.5.0",
          "2cffa88e94fdc978c4c574f15f9e59b7f4201d439195c3715ca9e2486f1d0cf1",
          "hooks and fixtures; pytest itself imports it",
          paths=["testing"], options=["--ignore=testing/benchmark.py"],
          pythonpath=["src"]),
    Known("build", "1.2.1",
          "526263f4870c26f26c433545579475377b2b7588b6f1eac76a001e873ae3e19d",
          "starts child interpreters and imports what it is told to",
          paths=["tests"], pythonpath=["src"],
          # No network, and no virtual environments that take seconds.
          options=["-m", "not network and not isolated and not pypy3323bug",
                   "--ignore=tests/test_env.py",
                   "--ignore=tests/test_self_packaging.py"],
          requires=["setuptools==68.2.2", "wheel==0.43.0",
                    "filelock==3.14.0", "pytest-mock==3.14.0",
                    "pytest-rerunfailures==14.0", "pyproject_hooks==1.1.0",
                    "packaging==24.0"]),
    Written("django", "settings, models and plugins that only Django names",
            ["Django==4.2.16", "pytest-django==4.9.0"]),
    Written("flask", "configuration by objects, names and data",
            ["Flask==3.0.3"]),
]


def find(names):
    known = {each.name: each for each in KNOWN}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Broken("unknown project %s; there are %s" % (
            ", ".join(unknown), ", ".join(known)))
    return [known[name] for name in names]


def _archive(project, python):
    """The source distribution, fetched once."""
    folder = os.path.join(WORK, project.name, "sdist")
    for path in glob.glob(os.path.join(folder, "*.tar.gz")):
        with open(path, "rb") as archive:
            if hashlib.sha256(archive.read()).hexdigest() == project.sha256:
                return path
    shutil.rmtree(folder, ignore_errors=True)
    common.run([python, "-m", "pip", "download", "-q", "--no-deps",
                "--no-binary", ":all:", "--dest", folder,
                "%s==%s" % (project.name, project.version)],
               env=common.environment())
    for path in glob.glob(os.path.join(folder, "*.tar.gz")):
        with open(path, "rb") as archive:
            if hashlib.sha256(archive.read()).hexdigest() == project.sha256:
                return path
    raise Broken("%s %s is not the file that was published" % (
        project.name, project.version))


def unpacked(project, python):
    """The folder of its sources, fetched once."""
    source = os.path.join(WORK, project.name, "source-" + project.version)
    if not os.path.exists(source):
        shutil.rmtree(source + ".new", ignore_errors=True)
        with tarfile.open(_archive(project, python)) as archive:
            archive.extractall(source + ".new")
        inner, = os.listdir(source + ".new")
        os.rename(os.path.join(source + ".new", inner), source)
        os.rmdir(source + ".new")
    return source


def environment(folder, requires, python):
    """A virtual environment with these packages; returns its python."""
    ready = os.path.join(folder, "ready")
    wanted = "\n".join(requires)
    if not os.path.exists(ready) or common.read(ready) != wanted:
        common.install(folder, python, requires)
        with open(ready, "w") as out:
            out.write(wanted)
    return os.path.join(folder, "bin", "python")


class Prepared:
    """A project on disk: its tree, its commands, how pytest is called."""

    def __init__(self, name, source, command, options, paths, pythonpath,
                 testmon=None):
        self.name = name
        self.source = source
        self.command = command
        self.options = options
        self.paths = paths
        self.pythonpath = pythonpath
        self.testmon = testmon
        self.work = os.path.join(WORK, name)


def prepare(project, testmon):
    """Fetches a known project and makes what it needs."""
    version, python = next(iter(common.pythons().items()))
    work = os.path.join(WORK, project.name)
    common.note("bench: %s %s, Python %s" % (
        project.name, project.version, version))
    made = environment(os.path.join(work, project.venv + "-" + version),
                       project.requires, python)
    command = [made, "-m", "pytest"]
    other = None
    if testmon:
        other = [environment(
            os.path.join(work, "venv-testmon-" + version),
            [*project.requires, TESTMON], python), "-m", "pytest"]
    if isinstance(project, Written):
        source = os.path.join(work, "source-" + project.version)
        project.write(source)
    else:
        source = unpacked(project, python)
    return Prepared(project.name, source, command, project.options,
                    project.paths, project.pythonpath, other)


def split_arguments(folder, command):
    """A pytest command line: the program, its options, the paths."""
    at = next((i for i, word in enumerate(command) if os.path.basename(
        word) in ("pytest", "py.test")), None)
    if at is None:
        raise Broken("no pytest in: " + " ".join(command))
    options, paths = [], []
    for word in command[at + 1:]:
        name = word.split("::", 1)[0]
        there = os.path.exists(os.path.join(folder, name))
        value = options and options[-1] in (
            "-k", "-m", "-p", "-c", "-o", "-W", "-n", "--rootdir")
        (paths if there and not value and not word.startswith("-")
         else options).append(word)
    return command[:at + 1], options, paths


def on_disk(folder, command, testmon):
    """A project of the user's: copies of it are mutated, never itself."""
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        raise Broken("no such folder: " + folder)
    program, options, paths = split_arguments(folder, command)
    pythonpath = ["src", "."] if os.path.isdir(
        os.path.join(folder, "src")) else ["."]
    return Prepared(os.path.basename(folder) or "project", folder,
                    program, options, paths, pythonpath,
                    program if testmon else None)
