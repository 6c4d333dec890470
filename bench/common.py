# SPDX-License-Identifier: MIT
"""What the benchmarks share: the build, click, measuring, the rows."""

import argparse
import glob
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.environ.get("FTRACE_BENCH_BUILD", os.path.join(ROOT, "build"))
WORK = os.path.join(BUILD, "bench-work")
FTRACE = os.path.join(BUILD, "ftrace")
SPENT = os.path.join(BUILD, "bench", "bench_spent")
SYNTHETIC = os.path.join(BUILD, "bench", "bench_synthetic")
STORM = os.path.join(BUILD, "bench", "bench_storm")

CLICK = "8.1.7"
CLICK_SHA256 = (
    "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de")
PYTEST = "7.4.0"
TESTS = 611


class Broken(Exception):
    """Something does not work, as opposed to: is slow."""


def say(text=""):
    print(text, flush=True)


def note(text):
    print(text, file=sys.stderr, flush=True)


def run(argv, **options):
    """Runs a command that has to succeed; returns what it printed."""
    done = subprocess.run(argv, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Broken("%s ended with %d:\n%s" % (
            " ".join(argv), done.returncode, text[-3000:]))
    return text


def environment():
    """Without what would change how Python, pytest or ftrace work."""
    unwanted = ("PYTHON", "PYTEST", "FTRACE", "LD_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items()
            if not name.startswith(unwanted)}


def build():
    """Builds what is measured; the folder keeps the settings it has."""
    if not os.path.exists(os.path.join(BUILD, "CMakeCache.txt")):
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        run(["cmake", "-S", ROOT, "-B", BUILD,
             "-DCMAKE_BUILD_TYPE=RelWithDebInfo"] + generator)
    run(["cmake", "--build", BUILD, "-j", str(os.cpu_count() or 1),
         "--target", "ftrace", "bench_spent", "bench_synthetic",
         "bench_storm", "bench_calls", "bench_calls_static"])
    with open(os.path.join(BUILD, "CMakeCache.txt")) as cache:
        text = cache.read()
    if ("CMAKE_BUILD_TYPE:STRING=Debug" in text
            or "FTRACE_SANITIZE:BOOL=ON" in text):
        note("bench: %s is not an optimised build; its figures mean little"
             % BUILD)
    os.makedirs(WORK, exist_ok=True)


def _works(python):
    try:
        done = subprocess.run(
            [python, "-c", "import sys, venv, ensurepip;"
             "print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment())
    except OSError:
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def pythons():
    """Version to path: the default one first, and 3.13 where there is one."""
    found = {}
    candidates = [shutil.which("python3"), shutil.which("python3.13")]
    # A version manager's shim answers only for versions that are chosen.
    candidates += sorted(glob.glob(os.path.expanduser(
        "~/.pyenv/versions/3.13*/bin/python3.13")))
    for candidate in candidates:
        version = _works(candidate) if candidate else None
        if version and (not found or version == "3.13"):
            found.setdefault(version, candidate)
    if not found:
        raise Broken("no python3 that can make a virtual environment")
    return found


def install(folder, python, requires):
    """A new virtual environment with these packages; returns its python.

    The python's own pip installs them: to give each environment one takes
    longer than all the rest.
    """
    made = os.path.join(folder, "bin", "python")
    shutil.rmtree(folder, ignore_errors=True)
    run([python, "-m", "venv", "--without-pip", folder], env=environment())
    place, = glob.glob(os.path.join(folder, "lib", "python3*",
                                    "site-packages"))
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
    try:
        # Bytecode is to name the place, and not where pip unpacked it.
        run([python, *pip, "--no-compile", "--target", place, *requires],
            env=environment())
        run([made, "-m", "compileall", "-q", place], env=environment())
    except Broken:
        # There is none, or it is too old.
        shutil.rmtree(folder)
        run([python, "-m", "venv", folder], env=environment())
        run([made, *pip, *requires], env=environment())
    return made


def _fetch_click(python):
    name = "click-%s.tar.gz" % CLICK
    path = os.path.join(WORK, name)
    if not os.path.exists(path):
        run([python, "-m", "pip", "download", "-q", "--no-deps",
             "--no-binary", ":all:", "--dest", WORK, "click==" + CLICK],
            env=environment())
    with open(path, "rb") as archive:
        digest = hashlib.sha256(archive.read()).hexdigest()
    if digest != CLICK_SHA256:
        raise Broken("%s is not the file that was published" % path)
    return path


class Click:
    """click's sources and a virtual environment, one pair a Python."""

    tests = TESTS
    also = ()  # packages that the environment has besides

    def __init__(self, version, python):
        self.version = version
        self.root = os.path.join(WORK, "click-" + version)
        self.venv = os.path.join(WORK, "venv-" + version)
        self.python = os.path.join(self.venv, "bin", "python")
        self.map = os.path.join(self.root, ".ftrace", "map.db")
        self._prepare(python)

    def _prepare(self, python):
        ready = os.path.join(self.venv, "ready")
        if not os.path.exists(ready):
            note("bench: making an environment for Python " + self.version)
            shutil.rmtree(self.root, ignore_errors=True)
            install(self.venv, python, ["pytest==" + PYTEST, *self.also])
        if not os.path.exists(self.root):
            unpacked = self.root + ".new"
            shutil.rmtree(unpacked, ignore_errors=True)
            with tarfile.open(_fetch_click(python)) as archive:
                archive.extractall(unpacked)
            os.rename(os.path.join(unpacked, "click-" + CLICK), self.root)
            os.rmdir(unpacked)
        # What an editable installation leaves, without its tools.
        place, = glob.glob(
            os.path.join(self.venv, "lib", "python3*", "site-packages"))
        with open(os.path.join(place, "click-source.pth"), "w") as path:
            path.write(os.path.join(self.root, "src") + "\n")
        open(ready, "w").close()

    def forget(self):
        """The state of a project in which ftrace was never run."""
        shutil.rmtree(os.path.join(self.root, ".ftrace"), ignore_errors=True)

    def pytest(self, *options):
        return [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                *options]

    def ftrace_run(self, *options):
        # The project lies inside another one, whose map is not meant.
        return [FTRACE, "run", "--root", self.root, *options, "--"]

    def recorded(self):
        return self.ftrace_run() + self.pytest()

    def affected(self, *options):
        return [FTRACE, "affected", "--root", self.root, *options]


class Spent:
    """Milliseconds and MB (of a million bytes) that a command took."""

    def __init__(self, line):
        wall, user, system, memory, self.status = map(int, line.split())
        self.wall = wall / 1e3
        self.cpu = (user + system) / 1e3
        self.memory = memory * 1024 / 1e6


def measure(argv, cwd, output=None):
    """Runs a command that has to succeed; its output goes to a file."""
    figures = os.path.join(WORK, "spent")
    output = output or os.path.join(WORK, "output")
    if os.path.exists(figures):
        os.unlink(figures)
    with open(output, "wb") as out, open(output + ".err", "wb") as err:
        code = subprocess.call([SPENT, figures] + argv, cwd=cwd, stdout=out,
                               stderr=err, stdin=subprocess.DEVNULL,
                               env=environment())
    if code:
        raise Broken("%s ended with %d:\n%s%s" % (
            " ".join(argv), code, read(output)[-2000:],
            read(output + ".err")[-2000:]))
    return Spent(read(figures))


def read(path):
    with open(path, errors="replace") as text:
        return text.read()


def median(values):
    return statistics.median(values)


class Rows:
    """The table: what, target, measured, and whether it is over."""

    def __init__(self):
        self.rows = []

    def add(self, what, form, value, limit=None):
        """form: how to print a number, as "%.1f ms"."""
        self.rows.append({
            "what": what,
            "target": "" if limit is None else "<= " + form % limit,
            "measured": form % value,
            "value": value,
            "over": limit is not None and value > limit})


def table(rows):
    head = {"what": "what", "target": "target", "measured": "measured"}
    wide = [max(len(row[key]) for row in rows + [head])
            for key in ("what", "target", "measured")]
    for row in [head] + rows:
        verdict = ""
        if row.get("target") and row is not head:
            verdict = "over" if row["over"] else "ok"
        say("%s  %s  %s  %s" % (
            row["what"].ljust(wide[0]), row["target"].rjust(wide[1]),
            row["measured"].rjust(wide[2]), verdict))


def main(description, benchmark):
    """Runs one benchmark: 0 measured, 1 broken, 2 usage."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true",
                        help="fewer repetitions")
    parser.add_argument("--pairs", type=int, metavar="N",
                        help="pairs of runs (record; default 5, quick 1)")
    parser.add_argument("--testmon", action="store_true",
                        help="the same with pytest-testmon (record)")
    parser.add_argument("--rows", metavar="FILE",
                        help="also write the table there, as JSON")
    options = parser.parse_args()
    rows = Rows()
    try:
        build()
        benchmark(options, rows)
    except Broken as problem:
        note("bench: broken: %s" % problem)
        return 1
    if options.rows:
        with open(options.rows, "w") as out:
            json.dump(rows.rows, out, indent=1)
    else:
        say()
        table(rows.rows)
    return 0
