# SPDX-License-Identifier: MIT
"""The test suites of bench/behave: where they come from, and their results.

A suite is prepared once, in a folder of its own, and then gives jobs: commands
whose results are compared. A job's `read` makes the results of single tests
out of what it printed, as {test: result}.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree

import common


class Missing(Exception):
    """A suite cannot run here; says what would help."""


class Job:
    def __init__(self, name, argv, cwd, read=None, env=None, timeout=300,
                 terminal=False):
        self.name = name
        self.argv = argv
        self.cwd = cwd
        self.read = read or whole
        self.env = env or {}
        self.timeout = timeout
        self.terminal = terminal

    def told(self):
        return {key: getattr(self, key) for key in (
            "name", "argv", "cwd", "env", "timeout", "terminal")}


def whole(job, result):
    """A job that is one test: its exit status and all that it printed."""
    return {job.name: "%s\n%s" % (result["status"], result["output"])}


def tap(job, result):
    """Test Anything Protocol: "ok 1 - title", "not ok 2 - title # TODO"."""
    found = {job.name: "ended with %s" % result["status"]}
    for line in result["output"].splitlines():
        match = re.match(r"((?:not )?ok) (\d+) *(.*)$", line)
        if match:
            found["%s.%s" % (job.name, match[2])] = "%s %s" % (
                match[1], match[3])
    return found


def busybox_lines(job, result):
    found = {job.name: "ended with %s" % result["status"]}
    for line in result["output"].splitlines():
        match = re.match(r"(PASS|FAIL|SKIPPED|UNTESTED): (.*)$", line)
        if match:
            name, i = "%s: %s" % (job.name, match[2]), 2
            while name in found:
                name, i = "%s: %s (%d)" % (job.name, match[2], i), i + 1
            found[name] = match[1]
    return found


class Suite:
    name = about = ""
    quick = False      # also part of --quick
    parallel = False   # its jobs do not disturb each other
    how = ""           # what to do when it is not available

    def __init__(self, options):
        self.options = options
        self.place = os.path.join(options.work, self.name)
        self.root = os.path.join(self.place, "root")
        self.scratch = os.path.join(self.root, "scratch")

    def prepare(self):
        """Raises Missing, or Broken."""

    def jobs(self):
        raise NotImplementedError

    def fresh(self):
        """Both runs find the same: an empty folder, of the same name."""
        # Tests of permissions leave what its owner cannot remove at once.
        if os.path.exists(self.scratch):
            subprocess.call(["chmod", "-R", "u+rwX", self.scratch],
                            stderr=subprocess.DEVNULL)
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.scratch)


# Sources of the distribution -------------------------------------------------

def apt_source(package, place):
    """The sources that the distribution's package is made of, unpatched.

    apt is given a list and folders of its own: nothing of the system's is
    changed, and no user rights are needed that a download does not need.
    """
    system = {}
    if os.path.exists("/etc/os-release"):
        for line in common.read("/etc/os-release").splitlines():
            name, _, value = line.partition("=")
            system[name] = value.strip('"')
    archives = {"debian": ("http://deb.debian.org/debian", "main"),
                "ubuntu": ("http://archive.ubuntu.com/ubuntu",
                           "main universe")}
    if not shutil.which("apt-get") or system.get("ID") not in archives:
        raise Missing("put the unpacked sources of %s into %s" % (
            package, os.path.join(place, "source")))
    own = os.path.join(place, "apt")
    for folder in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(own, folder), exist_ok=True)
    sources = os.path.join(own, "sources.list")
    with open(sources, "w") as out:
        out.write("deb-src %s %s %s\n" % (
            archives[system["ID"]][0], system["VERSION_CODENAME"],
            archives[system["ID"]][1]))
    options = ["-o", "Dir::Etc::SourceList=" + sources,
               "-o", "Dir::Etc::SourceParts=/dev/null",
               "-o", "Dir::State::Lists=" + os.path.join(own, "lists"),
               "-o", "Dir::Cache=" + os.path.join(own, "cache"),
               "-o", "APT::Sandbox::User="]
    try:
        common.run(["apt-get", "-q"] + options + ["update"])
        common.run(["apt-get", "-q"] + options + [
            "source", "--download-only", package], cwd=own)
    except common.Broken as problem:
        raise Missing("apt could not get the sources of %s: %s" % (
            package, str(problem).strip().splitlines()[-1])) from None
    archive, = glob.glob(os.path.join(own, "*.orig.tar.*[!c]"))
    with tarfile.open(archive) as packed:
        packed.extractall(os.path.join(own, "unpacked"))
    unpacked, = os.listdir(os.path.join(own, "unpacked"))
    os.rename(os.path.join(own, "unpacked", unpacked),
              os.path.join(place, "source"))
    shutil.rmtree(own)


class Source(Suite):
    """A suite in a source tree that has to be fetched and built."""
    package = ""
    how = "needs the network, and apt or the sources (bench/README.md)"

    def prepare(self):
        self.source = os.path.join(self.place, "source")
        ready = os.path.join(self.place, "built")
        if os.path.exists(ready):
            return
        for need in ("cc", "make"):
            if not shutil.which(need):
                raise Missing("no " + need)
        os.makedirs(self.place, exist_ok=True)
        if not os.path.exists(self.source):
            common.note("behave: fetching the sources of " + self.package)
            apt_source(self.package, self.place)
        common.note("behave: building " + self.package)
        self.build()
        open(ready, "w").close()

    def make(self, *arguments):
        common.run(["make", "-j%d" % (os.cpu_count() or 1), *arguments],
                   cwd=self.source, env=common.environment())

    def build(self):
        raise NotImplementedError


# The suites ------------------------------------------------------------------

class Shell(Suite):
    name = "shell"
    about = "dash and bash: jobs, signals, redirections, substitutions"
    quick = True
    parallel = True

    SCRIPTS = {
        "wait": "(exit 3) & wait $!; echo $?; false & wait; echo $?",
        "jobs": "set -m; sleep 5 & jobs %1 | grep -c sleep; kill %1;"
                " wait %1; echo $?",
        "stop": "sh -c 'kill -STOP $$; echo went on; exit 7' &"
                " p=$!; while ! grep -q 'State:.T' /proc/$p/status;"
                " do :; done; kill -CONT $p; wait $p; echo $?",
        "trap": "trap 'echo got USR1' USR1; trap 'echo bye' EXIT;"
                " kill -USR1 $$; (trap - EXIT; kill -TERM $(sh -c"
                " 'echo $PPID'); echo never); echo $?",
        "ignored": "trap '' INT; sh -c 'kill -INT $$; echo lives'",
        "int": "sh -c 'kill -INT $$'; echo $?; sh -c 'kill -KILL $$';"
               " echo $?",
        "trap while waiting": "trap 'echo alarm' ALRM; p=$$;"
                              " (sleep .2; kill -ALRM $p; sleep .3) &"
                              " wait; echo $?; wait",
        "pipe": "yes | head -n 2; seq 100000 | head -n 1; echo $?",
        "storm": "i=0; while [ $i -lt 200 ]; do (exit $((i % 7)));"
                 " s=$((${s:-0} + $?)); i=$((i + 1)); done; echo $s",
        "parallel": "i=0; while [ $i -lt 40 ]; do (echo $i) &"
                    " i=$((i + 1)); done | sort -n | tr '\\n' ' '; wait",
        "redirect": "exec 3>f 4<&0; echo three >&3; exec 3>&-; cat f;"
                    " echo x >&3; echo $?; ls nothere 2>&1; echo $?",
        # With none left a dynamically linked program does not start.
        "one descriptor": "ulimit -n 10; exec 3<. 4<. 5<. 6<. 7<. 8<.;"
                          " cat /dev/null; echo $?",
        "here": "cat <<E; x=$(cat <<F\n$(echo in)\nF\n); echo $x\nout\nE\n",
        "names": "mkdir d; : >d/a; : >'d/b c'; ln -s a d/l; echo d/*;"
                 " cd d; ls -1; cd ..; rm -r d; cd d; echo $?",
        "exec": "exec sh -c 'echo $0; exec env -i /bin/echo bare' name",
        "not found": "./none; echo $?; none-such-program; echo $?;"
                     " : >file; ./file; echo $?",
        "deep": "f() { [ $1 -eq 0 ] || (f $(($1 - 1)) && echo $1); }; f 30",
        "limits": "(ulimit -s 64; ls / >/dev/null; echo $?);"
                  " (ulimit -v 200000; ls / >/dev/null; echo $?);"
                  " (ulimit -f 0; echo x >g; echo no); echo $?",
        "time of day": "umask; umask 077; : >h; ls -l h | cut -c1-10",
    }
    # With a terminal of their own, as a user has them.
    TERMINAL = {
        "foreground": "set -m; sleep 0.1 & fg %1 >/dev/null; echo $?",
        "terminal stop": "set -m; sh -c 'kill -TSTP $$; exit 4'; echo $?;"
                         " fg %1 >/dev/null; echo $?",
        "terminal": "tty <&0 >/dev/null; echo $?; stty -a <&0 | grep -c baud",
        "hang-up": "set -m; trap 'echo hup' HUP; kill -HUP $$; sleep 9 &"
                   " sleep .1; kill -HUP %1; wait %1; echo $?",
    }

    def prepare(self):
        self.shells = [shell for shell in ("dash", "bash")
                       if shutil.which(shell)]

    def jobs(self):
        for shell in self.shells:
            for scripts, terminal in ((self.SCRIPTS, False),
                                      (self.TERMINAL, True)):
                for name, script in scripts.items():
                    folder = os.path.join(self.scratch, shell, name)
                    os.makedirs(folder, exist_ok=True)
                    yield Job("%s %s" % (shell, name),
                              [shutil.which(shell), "-c", script], folder,
                              without_numbers, {"LC_ALL": "C"}, 60, terminal)


def without_numbers(job, result):
    """What is printed, without process numbers: at least three digits."""
    text = re.sub(r"\b\d{3,}\b", "#", result["output"])
    if "storm" in job.name:
        text = result["output"]
    return {job.name: "%s\n%s" % (result["status"], text)}


class Python(Suite):
    name = "cpython"
    about = "CPython's own tests of processes, files, signals, threads"
    quick = True
    parallel = True
    how = "a Python with the package 'test' (Debian: libpython3-testsuite)"

    QUICK = ("test_os", "test_posix", "test_signal", "test_subprocess")
    FULL = QUICK + (
        "test_faulthandler", "test_fcntl", "test_file", "test_fileio",
        "test_fork1", "test_glob", "test_import", "test_io", "test_mmap",
        "test_multiprocessing_fork", "test_multiprocessing_forkserver",
        "test_multiprocessing_spawn", "test_pathlib", "test_popen",
        "test_pty", "test_resource", "test_shutil", "test_sqlite3",
        "test_stat", "test_tempfile", "test_threading", "test_threadsignals",
        "test_venv", "test_wait3", "test_wait4", "test_zipfile")
    # They sleep for a second and more.
    SLOW = ("test_signal.SiginterruptTest.*", "test_interprocess_signal",
            "test_signal.PendingSignalsTests.test_sigwait*",
            "test_sigtimedwait*", "test_wakeup_fd_*", "test_setitimer_tiny",
            "test_itimer_real", "test_itimer_virtual",
            "test_communicate_repeated_call_after_stdout_close",
            "test_send_signal_dead", "test_kill_dead", "test_terminate_dead",
            "test_communicate_timeout*", "test_swap_*", "test_pass_fds",
            "test_wait_timeout", "test_subprocess.ProcessTestCaseNoPoll.*")

    def prepare(self):
        wanted = [sys.executable, shutil.which("python3")] + sorted(glob.glob(
            os.path.expanduser("~/.pyenv/versions/3*/bin/python3")))
        for python in filter(None, wanted):
            done = subprocess.run(
                [python, "-c", "import sys, test.test_os;"
                 "print(sys.executable)"], stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env=common.environment())
            if done.returncode == 0:
                self.python = done.stdout.decode().strip()
                break
        else:
            raise Missing(self.how)
        done = subprocess.run(
            [self.python, "-c", "import test.libregrtest as t, sys;"
             "print(*[n for n in sys.argv[1:] if __import__("
             "'importlib.util').util.find_spec('test.' + n)])"]
            + list(self.FULL), stdout=subprocess.PIPE,
            env=common.environment())
        self.there = done.stdout.decode().split()

    def jobs(self):
        for name in self.QUICK if self.options.quick else self.FULL:
            if name not in self.there:
                continue
            folder = os.path.join(self.scratch, name)
            os.makedirs(folder, exist_ok=True)
            argv = [self.python, "-m", "test", "--junit-xml",
                    os.path.join(folder, "results.xml")]
            if self.options.quick:
                for pattern in self.SLOW:
                    argv += ["-i", pattern]
            yield Job(name, argv + [name], folder, self.read,
                      {"TMPDIR": folder}, 1800)

    def read(self, job, result):
        found = {job.name: "ended with %s" % result["status"]}
        try:
            tree = xml.etree.ElementTree.parse(
                os.path.join(job.cwd, "results.xml"))
        except (OSError, xml.etree.ElementTree.ParseError):
            return {job.name: "ended with %s, without results\n%s" % (
                result["status"], result["output"][-3000:])}
        for case in tree.iter("testcase"):
            ends = [child.tag for child in case
                    if child.tag in ("skipped", "failure", "error")]
            said = "".join((child.text or "") + (child.get("message") or "")
                           for child in case
                           if child.tag in ("failure", "error"))
            found[case.get("name")] = " ".join(ends or ["passed"]) + (
                "\n" + said if said and not self.options.quick else "")
        return {name: end.split("\n")[0] for name, end in found.items()}


class Bash(Source):
    name = "bash"
    about = "bash's own tests, its run-* scripts"
    package = "bash"
    parallel = True

    def build(self):
        common.run(["./configure", "-q"], cwd=self.source,
                   env=common.environment())
        self.make()
        self.make("recho", "zecho", "printenv", "xcase")

    def jobs(self):
        tests = os.path.join(self.source, "tests")
        shell = os.path.join(self.source, "bash")
        for script in sorted(glob.glob(os.path.join(tests, "run-*"))):
            name = os.path.basename(script)[4:]
            if name in ("all", "minimal", "gprof"):
                continue
            folder = os.path.join(self.scratch, name)
            os.makedirs(folder, exist_ok=True)
            yield Job(name, ["sh", script], tests, without_numbers, {
                "THIS_SH": shell, "BUILD_DIR": self.source, "TMPDIR": folder,
                "PATH": tests + ":" + os.environ["PATH"],
                "BASH_TSTOUT": os.path.join(folder, "out")})


class Busybox(Source):
    name = "busybox"
    about = "busybox's testsuite, all applets of its default configuration"
    package = "busybox"

    static = False

    def build(self):
        self.make("defconfig")
        if self.static:
            config = os.path.join(self.source, ".config")
            text = common.read(config).replace(
                "# CONFIG_STATIC is not set", "CONFIG_STATIC=y")
            with open(config, "w") as out:
                out.write(text)
        self.make()

    def jobs(self):
        tests = os.path.join(self.source, "testsuite")
        shell = [os.path.join(self.source, "busybox")] * self.static + ["sh"]
        names = {os.path.basename(path).partition(".tests")[0]
                 for path in glob.glob(os.path.join(tests, "*.tests"))}
        names |= {name for name in os.listdir(tests)
                  if os.path.isdir(os.path.join(tests, name))}
        for name in sorted(names):
            yield Job(name, shell + ["./runtest", name], tests, busybox_lines,
                      {"TMPDIR": self.scratch, "SKIP_KNOWN_BUGS": "1"})


class BusyboxStatic(Busybox):
    name = "busybox-static"
    about = "the same, busybox linked statically and its shell running it"
    static = True


class Git(Source):
    name = "git"
    about = "git's t/: %d scripts, or all with --all"
    package = "git"
    parallel = True

    SLICE = (
        "t0000-basic", "t0001-init", "t0002-gitfile", "t0005-signals",
        "t0006-date", "t0021-conversion", "t0060-path-utils",
        "t0061-run-command", "t0090-cache-tree", "t0410-partial-clone",
        "t1006-cat-file", "t1050-large", "t1300-config", "t1400-update-ref",
        "t1450-fsck", "t1500-rev-parse", "t2000-conflict-when-checking-files",
        "t2020-checkout-detach", "t3200-branch", "t3404-rebase-interactive",
        "t3600-rm", "t4000-diff-format", "t5300-pack-object",
        "t5500-fetch-pack", "t5510-fetch", "t6120-describe",
        "t7004-tag", "t7300-clean", "t7400-submodule-basic",
        "t7502-commit-porcelain", "t7800-difftool", "t9300-fast-import")
    about %= len(SLICE)
    FLAGS = ("NO_GETTEXT=1", "NO_TCLTK=1", "NO_CURL=1", "NO_EXPAT=1",
             "NO_OPENSSL=1", "CFLAGS=-O1")

    def build(self):
        self.make(*self.FLAGS)

    def jobs(self):
        tests = os.path.join(self.source, "t")
        every = sorted(os.path.basename(path)[:-3] for path in glob.glob(
            os.path.join(tests, "t[0-9]*.sh")))
        for name in every:
            if name in self.SLICE or self.options.all:
                yield Job(name, ["sh", "./%s.sh" % name,
                                 "--root=" + self.scratch], tests, tap,
                          {"TEST_OUTPUT_DIRECTORY": self.scratch,
                           "TMPDIR": self.scratch}, 1800)


class Libuv(Source):
    name = "libuv"
    about = "libuv's own tests: files, processes, signals, threads, pipes"
    package = "libuv1"

    WANTED = r"(fs_|spawn_|fork_|kill|signal|process_|pipe_|thread|mutex|" \
             r"condvar|tty|env_|homedir|tmpdir|get_|getters|cwd|dlerror|" \
             r"closed_fd|open_osfhandle|poll|queue_|walk|fail_always|" \
             r"platform|strscpy|not_)"

    def build(self):
        if not shutil.which("cmake"):
            raise Missing("no cmake")
        common.run(["cmake", "-S", ".", "-B", "b", "-DBUILD_TESTING=ON",
                    "-DLIBUV_BUILD_TESTS=ON"], cwd=self.source,
                   env=common.environment())
        common.run(["cmake", "--build", "b", "-j",
                    str(os.cpu_count() or 1)], cwd=self.source,
                   env=common.environment())

    def jobs(self):
        program = os.path.join(self.source, "b", "uv_run_tests")
        env = {"UV_RUN_AS_ROOT": "1", "TMPDIR": self.scratch}
        listed = subprocess.run(
            [program, "--list"], stdout=subprocess.PIPE,
            env=dict(common.environment(), **env)).stdout.decode().split()
        for name in listed:
            if re.match(self.WANTED, name):
                # Its files lie where it stands; the fixtures are there.
                yield Job(name, [program, name, name], self.source, tap, env,
                          60)


class Go(Suite):
    name = "go"
    about = "Go's own tests of files, processes and signals; static programs"
    how = "go with its sources (https://go.dev/dl)"

    PACKAGES = ("os", "os/exec", "os/signal", "path/filepath", "io/ioutil",
                "syscall", "net/http/cgi", "archive/tar", "text/template",
                "internal/poll", "runtime/debug")

    def prepare(self):
        if not shutil.which("go"):
            raise Missing(self.how)
        self.env = dict(common.environment(), CGO_ENABLED="0")
        root = common.run(["go", "env", "GOROOT"], env=self.env).strip()
        self.sources = os.path.join(root, "src")
        if not os.path.exists(os.path.join(self.sources, "os/os_test.go")):
            raise Missing(self.how)
        self.built = os.path.join(self.place, "built")
        os.makedirs(self.built, exist_ok=True)
        common.note("behave: building go's tests")
        for package in self.PACKAGES:
            common.run(["go", "test", "-vet=off", "-c", "-o",
                        self.program(package), package], env=self.env,
                       cwd=self.sources)

    def program(self, package):
        return os.path.join(self.built, package.replace("/", "-"))

    def jobs(self):
        for package in self.PACKAGES:
            yield Job(package, [self.program(package), "-test.v",
                                "-test.short"],
                      os.path.join(self.sources, package), go_lines,
                      {"TMPDIR": self.scratch, "CGO_ENABLED": "0"}, 900)


def go_lines(job, result):
    found = {job.name: "ended with %s" % result["status"]}
    for match in re.finditer(r"--- (PASS|FAIL|SKIP): (\S+)",
                             result["output"]):
        found["%s.%s" % (job.name, match[2])] = match[1]
    return found


SUITES = (Shell, Python, Bash, Busybox, BusyboxStatic, Git, Libuv, Go)
