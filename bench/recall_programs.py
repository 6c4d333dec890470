# SPDX-License-Identifier: MIT
"""The programs that bench/recall runs: a fixture and a command each."""

import os
import shutil
import subprocess
import sys
import textwrap

PROGRAMS = []


class Missing(Exception):
    """Something that the program needs is not installed."""


class Program:
    def __init__(self, prepare, name, needs, quick, twice, incomplete):
        self.prepare = prepare
        self.name = name
        self.needs = needs
        self.quick = quick
        self.twice = twice  # strace and ftrace in runs of their own
        self.incomplete = incomplete  # what is expected of ftrace here
        self.about = (prepare.__doc__ or "").strip()


def program(*needs, quick=False, twice=False, incomplete=False):
    def take(function):
        PROGRAMS.append(Program(
            function, function.__name__.strip("_").replace("_", "-"), needs,
            quick, twice, incomplete))
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


SHELL = """\
    set -u
    . ./lib.sh
    cat a.txt dirlink/one.txt chain/two.txt data/link >out1
    cat missing.txt dangling 2>/dev/null
    (cd chain && pwd && cat two.txt ../one.txt >>../../out1)
    for f in data/* nothing-*; do [ -f "$f" ] && echo "$f"; done >list
    [ -d empty ] && [ ! -e ghost ] && [ -L dirlink ] && echo yes
    while read -r line; do echo "$line"; done <a.txt
    sort out1 | uniq | head -n 2 >out2
    mv out2 out3
    mkdir -p made/deep/deeper
    cp a.txt made/deep/
    ln -s deep made/shallow
    cat made/shallow/a.txt >/dev/null
    mv made moved
    cat moved/shallow/a.txt >/dev/null
    ln moved/deep/a.txt hard
    : >hard
    echo more >>hard
    chmod 600 hard
    rm -r moved hard
    cat <<END
    here
    END
    sh -c 'cat b.txt; exit 0' | cat
    ./child.sh
    command -v no-such-command
    exit 0
"""


def _shell(fix):
    fix.some_files()
    fix.write("lib.sh", "echo library\n")
    fix.write("main.sh", SHELL)
    fix.script("child.sh", "#!/bin/sh\nread x <data/one.txt; echo $x\n")


@program("bash", quick=True)
def bash(fix):
    """a script: redirections, globs, tests, links, subshells"""
    _shell(fix)
    fix.script("bash.sh", """\
        source ./main.sh | cat >/dev/null
        diff <(cat a.txt) <(cat b.txt)
        shopt -s globstar nullglob; echo ** */ x*y
        mapfile -t lines <b.txt; echo "${#lines[@]} $(<a.txt)"
        exec 5<>rw; echo hi >&5; exec 5>&-
        cd empty && cd - && pushd data && popd
        """)
    return ["bash", "bash.sh"]


@program("dash")
def dash(fix):
    """the same without what is bash's own"""
    _shell(fix)
    return ["dash", "main.sh"]


def _commands(fix, *lines):
    """A shell that does nothing itself but run the lines."""
    fix.write("run.sh", "set +e\n" + "\n".join(lines) + "\n")
    return ["sh", "run.sh"]


@program("install", "realpath", quick=True)
def coreutils(fix):
    """cp, ls, find, mv, install, realpath, tail, stat, ln, mktemp, ..."""
    fix.some_files()
    return _commands(
        fix, "cp -a data copy", "cp -r data copy2", "cp -u a.txt copy/",
        "ls -lR", "ls -la --color=always", "ls dangling", "find . -type f",
        "find data -name '*.txt' -newer a.txt", "find . -empty -print0",
        "mv copy/one.txt copy/uno.txt", "mv -n a.txt b.txt", "mv copy2 copy3",
        "install -m 755 -D a.txt bin/tool", "install -d x/y/z",
        "realpath chain/two.txt", "readlink -f chain", "readlink dangling",
        "realpath -m nope/nothing", "tail -n 1 a.txt", "head -c 3 b.txt",
        "stat a.txt dirlink", "stat -L dirlink", "stat -f .",
        "ln -s a.txt new-link", "ln -sf b.txt new-link", "ln a.txt hard",
        "f=$(mktemp) && rm $f", "d=$(mktemp -d -p .) && rmdir $d",
        "sort -o sorted a.txt b.txt", "touch new a.txt", "touch -h dangling",
        "touch -r b.txt new", "truncate -s 10 new", "chmod -R g+w copy3",
        "chown -h $(id -u) dirlink", "chgrp $(id -g) a.txt", "wc a.txt",
        "cmp a.txt a.txt", "cksum a.txt b.txt", "du -a .", "df . >/dev/null",
        "test -r a.txt", "test ! -e gone", "split -l 1 a.txt part-",
        "tee t1 t2 <a.txt", "dd if=a.txt of=dd bs=4 count=1", "shred -u dd",
        "rm -r copy3", "rmdir empty", "unlink hard", "mkfifo fifo",
        "rm -f ghost", "env -i /bin/ls", "nice ls data", "ls missing || true",
        "cat missing/x a.txt/x || true", "comm a.txt b.txt", "sum a.txt",
        "find -L . || true", "find -L data -ls", "xargs cat <list || true",
        "pwd -P", "basename a.txt", "dir", "vdir", "tac a.txt", "od a.txt")
