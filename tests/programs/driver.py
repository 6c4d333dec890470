# SPDX-License-Identifier: MIT
"""Runs the programs of this folder with and without ftrace and compares.

usage: driver.py GROUP FTRACE WAYS LOAD

Each program runs twice, in two projects that are filled alike: its output
and its exit status must be the same, and what ftrace recorded must be what
the program is known to do.
"""
import concurrent.futures
import fnmatch
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

GROUP, FTRACE, WAYS, LOAD = sys.argv[1:5]
HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


class Failure(Exception):
    """What did not come out as expected."""


def fill(root):
    """What the ways find: a few files, directories and links."""
    (root / "a.txt").write_text("alpha\n")
    (root / "child.txt").write_text("child\n")
    for name in ("dir", "empty", "bin"):
        (root / name).mkdir()
    (root / "dir/x").write_text("x\n")
    (root / "dir/y").write_text("y\n")
    os.symlink("a.txt", root / "link")
    os.symlink("dir", root / "dirlink")
    os.symlink("nowhere", root / "dangling")
    os.symlink("tool", root / "toollink")
    shutil.copy(WAYS, root / "tool")
    shutil.copy(WAYS, root / "bin/tool")
    shutil.copy(WAYS, root / "privileged")
    if os.geteuid() == 0:
        os.chown(root / "privileged", 1, -1)
    (root / "privileged").chmod(0o4755)
    plugin = pathlib.Path(LOAD).parent / "plugins/libplugin.so"
    shutil.copy(plugin, root / "plugin.so")
    (root / "script").write_text("#!./tool child\n")
    (root / "script").chmod(0o755)


def environment():
    """The caller's, without what an ftrace around this one put there.

    Without PWD, too: shells look at the directory it names.
    """
    ours = ("LD_PRELOAD", "FTRACE_SESSION", "FTRACE_SCOPE", "PWD")
    return {name: value for name, value in os.environ.items()
            if name not in ours}


def run(root, command):
    return subprocess.run(command, cwd=root, env=environment(),
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120)


def traced(root, command):
    return run(root, [FTRACE, "run", "-q", "--name", "p", "--root",
                      str(root), "--"] + command)


def deps(root):
    answer = run(root, [FTRACE, "deps", "--all", "--json", "--root",
                        str(root), "p"])
    if answer.returncode:
        raise Failure("deps: " + answer.stderr.decode())
    return json.loads(answer.stdout)["accesses"]


def in_project(accesses):
    return {(access["kind"], access["path"]) for access in accesses
            if not access["path"].startswith("/")}


def projects(function):
    """Calls function with two fresh projects."""
    with tempfile.TemporaryDirectory(prefix="ftrace-programs-") as top:
        roots = []
        for name in ("plain", "traced"):
            root = pathlib.Path(top).resolve() / name
            root.mkdir()
            fill(root)
            roots.append(root)
        return function(*roots)


def told(stderr):
    """What ftrace itself said, and the rest."""
    lines = stderr.splitlines(keepends=True)
    own = [line for line in lines if line.startswith(b"ftrace: ")]
    return b"".join(own), b"".join(line for line in lines if line not in own)


def same_behaviour(plain, root, command, incomplete=False):
    """Runs both ways; the records of the traced run.

    incomplete: True where ftrace has to say so, None where it may.
    """
    expected = run(plain, command)
    got = traced(root, command)
    own, got.stderr = told(got.stderr)
    if incomplete is not None and incomplete != (b"incomplete" in own):
        raise Failure(f"{'not ' if incomplete else ''}incomplete: {own!r}")
    for what in ("returncode", "stdout", "stderr"):
        one, two = getattr(expected, what), getattr(got, what)
        if one != two:
            raise Failure(f"{what}: {one!r} untraced, {two!r} traced")
    return deps(root)


class Expected:
    """What a way is known to do; the language is explained in ways.h."""

    def __init__(self, text):
        self.gap = text.startswith("!")
        self.anything = "*" in text.split(",")
        self.incomplete = False
        self.inside, self.optional, self.outside = set(), set(), set()
        for part in text.lstrip("!").split(","):
            part = part.strip()
            if "incomplete" in part:
                # As somebody else than root the call is refused.
                self.incomplete = (True if part == "incomplete" or
                                   part == "incomplete as root" and
                                   os.geteuid() == 0 else None)
            elif part and part != "*":
                kind, path = part.rstrip("?").split(" ", 1)
                group = (self.outside if path.startswith("/") else
                         self.optional if part.endswith("?") else self.inside)
                group.add((kind, path))

    def is_met(self, accesses):
        inside = in_project(accesses)
        got = {(access["kind"], access["path"]) for access in accesses}
        return (self.anything or any(
            matches(self.inside | extra, inside)
            for extra in (set(), self.optional))) and all(
                any(kind in ("any", other) and fnmatch.fnmatch(there, path)
                    for other, there in got) for kind, path in self.outside)

    def __str__(self):
        return show(self.inside | self.optional | self.outside)


def matches(expected, got):
    """X's in an expected path are any characters: mkstemp's."""
    def pattern(path):
        return re.escape(path).replace("XXXXXX", "[A-Za-z0-9]{6}")
    return len(expected) == len(got) and all(
        any(kind == other and re.fullmatch(pattern(path), there)
            for other, there in got) for kind, path in expected)


def show(accesses):
    return ", ".join(" ".join(access) for access in sorted(accesses))


# How a program that is followed by ptrace differs. None: its libc has no such
# function, or what is to be shown is not there.
TOOL = "exec tool, read tool, read child.txt"
FOLLOWED = {
    **dict.fromkeys(("xstat", "xstat64", "lxstat", "lxstat64", "fxstatat",
                     "fxstatat64", "xmknod", "xmknodat", "privileged")),
    "open_link_itself": "read link",
    "no_descriptors": "read a.txt, stat dir/x",
    "cancelled_waiting": "write pipe, read a.txt, read pipe",
    "jump_out": "write pipe, read a.txt, read pipe",
    "interrupted": "write pipe, read pipe",
    "exec_nothing": "stat .",
    "fexecve_tool": TOOL,
    "execveat_descriptor": TOOL,
    "bad_environment": "stat tool",
    "removed_directory": "*",
    "env_preload": TOOL + ", stat plugin.so",
    "env_preload_relative": TOOL,
    "exec_fixed_code": TOOL,
    "filter_then_open": "read a.txt",
}


def without_looks(accesses):
    """Without looks at what was executed: ptrace adds them."""
    executed = {access["path"] for access in accesses
                if access["kind"] == "exec"}
    return [access for access in accesses
            if access["kind"] != "stat" or access["path"] not in executed]


def check_way(name, text, followed=False):
    expected = Expected(text)

    def check(plain, root):
        accesses = same_behaviour(plain, root, [WAYS, name],
                                  expected.incomplete)
        if followed:
            accesses = without_looks(accesses)
        if not expected.is_met(accesses):
            got = in_project(accesses)
            if expected.outside:
                got = {(access["kind"], access["path"])
                       for access in accesses}
            raise Failure(f"expected {expected}; got {show(got)}")

    if not expected.gap:
        projects(check)
        return
    try:
        projects(check)
    except Failure:
        return
    raise Failure("is right now: take its mark away")


def ways_of(program):
    answer = subprocess.run([program], capture_output=True, text=True,
                            check=True, env=environment())
    return [line.split("\t") for line in answer.stdout.splitlines()]


def check_ways(table, least, *arguments):
    failures = []
    # Not threads: a program that one has not closed yet would be inherited by
    # what another starts, and be busy.
    forks = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(4, forks) as pool:
        jobs = {pool.submit(check_way, *row, *arguments): row[0]
                for row in table}
        for job, name in jobs.items():
            try:
                job.result()
            except Failure as failure:
                failures.append(f"{name}: {failure}")
    if len(table) < least:
        failures.append(f"only {len(table)} ways")
    print(f"{len(table)} ways")
    if failures:
        raise Failure("\n".join(failures))


def ways():
    check_ways(ways_of(WAYS), 500)


def followed():
    """The same ways of a program that is linked statically."""
    def may_follow(_, root):
        return b"incomplete" not in traced(root, [WAYS, "open_read"]).stderr
    if not projects(may_follow):
        sys.exit(SKIPPED)
    table = [[name, FOLLOWED.get(name, text)]
             for name, text in ways_of(WAYS)]
    check_ways([row for row in table if row[1] is not None], 350, True)


def calls():
    """Every call of the catalogue is made with syscall(2), too."""
    text = (HERE.parent.parent / "wire/syscalls.def").read_text()
    names = re.findall(r"^CALL\((\w+)", text, flags=re.M)
    source = (HERE / "raw.c").read_text()
    missing = [name for name in names
               if not re.search(rf"syscall\(\s*SYS_{name}\b|"
                                rf"at_socket\(SYS_{name}\b", source)]
    if len(names) < 70 or missing:
        raise Failure(f"{len(names)} calls; never made: {missing}")


def fill_load(root):
    (root / "plugins").mkdir()
    shutil.copy(LOAD, root / "load")
    library = pathlib.Path(LOAD).parent / "plugins/libplugin.so"
    shutil.copy(library, root / "plugins")


def load():
    """A library that is found only when dlopen sees its true caller."""
    def check(plain, root, arguments, absent):
        for each in (plain, root):
            fill_load(each)
        command = ["./load"] + arguments
        got = in_project(same_behaviour(plain, root, command))
        if run(plain, command).stdout != b"42\n":
            raise Failure("the library is not found untraced either")
        # At its start the program's loader looks for libc there.
        start = {each for each in got if each[0] != "read"
                 and each[1].startswith("plugins")}
        if ("absent", "plugins/libc.so.6") not in start:
            raise Failure(f"the loader's way is not in {show(got)}")
        got -= start
        expected = {("exec", "load"), ("read", "load"),
                    ("read", "plugins/libplugin.so")} | absent
        if got != expected:
            raise Failure(f"expected {show(expected)}; got {show(got)}")
    missing = {("absent", "missing.so")}
    projects(lambda plain, root: check(plain, root, [], missing))
    projects(lambda plain, root: check(plain, root, ["quick"], set()))


def ends():
    """How runs end, and what outlives them."""
    def statuses(_, root):
        for script, expected in (("exit 3", 3), ("kill -TERM $$", -15),
                                 ("kill -SEGV $$", -11), ("exit 255", 255)):
            got = traced(root, ["sh", "-c", script]).returncode
            if got != expected:
                raise Failure(f"{script}: {got}, not {expected}")
        for command, expected in ((["./missing"], 127), (["./a.txt"], 126)):
            got = traced(root, command).returncode
            if got != expected:
                raise Failure(f"{command}: {got}, not {expected}")

    def outlives(_, root):
        script = "(sleep 3; cat child.txt) >/dev/null 2>&1 & cat a.txt"
        answer = traced(root, ["sh", "-c", script])
        if answer.stdout != b"alpha\n" or answer.returncode:
            raise Failure(f"outlived: {answer}")
        if b"incomplete" not in answer.stderr:
            raise Failure(f"not incomplete: {answer.stderr!r}")
        affected = run(root, [FTRACE, "affected", "--root", str(root)])
        if affected.stdout != b"p\n":
            raise Failure(f"an incomplete unit was spared: {affected}")

    def static(_, root):
        if not shutil.which("cc"):
            return
        (root / "s.c").write_text("void _start(void);\nvoid _start(void)\n"
                                  "{ __builtin_trap(); }\n")
        made = run(root, ["cc", "-static", "-nostdlib", "-o", "s", "s.c"])
        if made.returncode:
            return
        script = "./s 2>/dev/null; true"
        answer = traced(root, ["sh", "-c", script])
        if b"incomplete" in answer.stderr:
            raise Failure(f"a static program is not followed: {answer}")
        if ("exec", "s") not in in_project(deps(root)):
            raise Failure("a static program unnoticed")
        if not shutil.which("strace"):
            return
        # Two cannot trace the same process.
        answer = run(root, ["strace", "-f", "-o", "/dev/null", FTRACE, "run",
                            "-q", "--name", "p", "--root", str(root), "--",
                            "sh", "-c", script])
        if b"ptrace is not permitted" not in answer.stderr:
            raise Failure(f"a static program unseen, unnoticed: {answer}")
    for check in (statuses, outlives, static):
        projects(check)


OPENED = re.compile(r'open(?:at)?\((?:[^,"]*, )?"[^"]*", '
                    r'([^)]*)\) += \d+<([^>]*)>')


def opened(root, command):
    """The regular files below root that strace saw opened for reading."""
    log = root.parent / "strace.log"
    run(root, ["strace", "-f", "-y", "-e", "trace=open,openat", "-o",
               str(log)] + command)
    files = set()
    for line in log.read_text(errors="replace").splitlines():
        found = OPENED.search(line)
        if not found or "O_WRONLY" in found[1] or "O_PATH" in found[1]:
            continue
        path = pathlib.Path(found[2])
        # What a path below /proc or /dev shows is not a file of anybody's.
        if path.is_file() and path.parts[1] not in ("proc", "sys", "dev"):
            files.add(str(path).replace(str(root) + "/", "", 1))
    return files


def compare(command, prepare=None):
    def check(plain, root):
        for each in (plain, root):
            if prepare:
                prepare(each)
        expected = opened(plain, command)
        accesses = same_behaviour(plain, root, command)
        reads = {access["path"] for access in accesses
                 if access["kind"] in ("read", "write")}
        missed = expected - reads
        if missed:
            raise Failure(f"{command}: not recorded: {sorted(missed)}")
        if not expected & reads:
            raise Failure(f"{command}: nothing to compare")
    projects(check)


def strace():
    """What the kernel says was opened, and what was recorded."""
    if not shutil.which("strace"):
        sys.exit(SKIPPED)

    def include(root):
        (root / "hello.h").write_text("int hello(void);\n")
        (root / "hello.c").write_text(
            '#include "hello.h"\n#include <stdio.h>\n'
            'int hello(void) { return puts("x"); }\n')

    def script(root):
        (root / "run.sh").write_text(
            "set -e\n. ./lib.sh\nwhile read -r line; do echo $line; done"
            " < a.txt\ncat dir/* | sort\n")
        (root / "lib.sh").write_text("echo lib\n")

    def repository(root):
        run(root, ["git", "init", "-q"])
        # git reads what is as young as its index, and not what is older: both
        # runs have to find it the same.
        os.utime(os.path.join(root, "a.txt"), (1000000000, 1000000000))
        run(root, ["git", "add", "a.txt"])
    commands = [(["ls", "-lR", "."], None), (["bash", "run.sh"], script)]
    if shutil.which("cc"):
        commands.append((["cc", "-c", "hello.c"], include))
    if shutil.which("git"):
        commands.append((["git", "status", "--short", "a.txt"], repository))
    for command, prepare in commands:
        if shutil.which(command[0]):
            compare(command, prepare)


def main():
    groups = {"ways": ways, "followed": followed, "calls": calls,
              "load": load, "ends": ends, "strace": strace}
    try:
        groups[GROUP]()
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)


main()
