# SPDX-License-Identifier: MIT
"""Programs for bench/recall: the system's, C, and what is not libc's."""

import os
import shutil
import subprocess

import recall_sources
from recall_fixture import Missing, Programs

program = Programs()

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


@program("install", "realpath", quick=True)
def coreutils(fix):
    """cp, ls, find, mv, install, realpath, tail, stat, ln, mktemp, ..."""
    fix.some_files()
    return fix.commands(
        "cp -a data copy", "cp -r data copy2", "cp -u a.txt copy/",
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


@program("locale", "iconv", "getent", quick=True)
def names(fix):
    """locales, character sets, users, time zones"""
    fix.some_files()
    return fix.commands(
        "LC_ALL=C.UTF-8 date", "LC_ALL=xx_YY.UTF-8 date",
        "TZ=Europe/Paris date", "TZ=No/Where date", "locale -a",
        "LC_ALL=C.UTF-8 locale charmap", "iconv -f latin1 -t utf-8 a.txt",
        "iconv -f utf-16 -t no-such-charset a.txt", "iconv -l >/dev/null",
        "iconv -f SJIS -t EUC-JP a.txt", "getent passwd root",
        "getent group daemon", "getent hosts localhost",
        "getent services ssh", "getent passwd no-such-user", "id",
        "id nobody", "ls -l", "whoami", "groups root", "logname",
        "LANGUAGE=de:fr LC_ALL=en_US.UTF-8 ls missing", "tty", "who",
        "hostname", "uptime")


@program("tar", "gzip")
def tar(fix):
    """create, list, extract, compressed"""
    fix.some_files()
    return fix.commands(
        "tar -cf all.tar a.txt data dirlink dangling empty",
        "tar -tvf all.tar", "mkdir x && tar -xpf all.tar -C x",
        "tar -czf all.tgz data", "tar -xzf all.tgz -C x", "gzip -k a.txt",
        "gunzip -c a.txt.gz", "tar -uf all.tar b.txt", "tar -df all.tar",
        "tar -czf sub.tgz --exclude='*.txt' -C data .", "zcat all.tgz | wc",
        "tar -xf all.tar -C x --keep-old-files", "tar -xf missing.tar")


@program("git", quick=True)
def git(fix):
    """init, add, status, commit, clone, log, branches, merge, gc"""
    fix.some_files()
    # The caller's settings are not the program's business.
    fix.env.update(
        GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="A",
        GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="A",
        GIT_COMMITTER_EMAIL="a@example.org", GIT_PAGER="cat")
    return fix.commands(
        "git init -q -b main repo", "cp -r a.txt data repo", "cd repo",
        "git add .", "git status", "git commit -qm one", "echo x >>a.txt",
        "git status --short", "git diff", "git commit -qam two",
        "git log --stat --oneline", "git branch side HEAD~1",
        "git checkout -q side", "echo y >data/new", "git add data/new",
        "git commit -qm three", "git checkout -q main",
        "git merge -q -m merged side", "git mv a.txt c.txt", "git stash",
        "git stash pop", "git rm -q --cached data/new", "git tag v1",
        "git gc -q", "cd ..", "git clone -q repo copy", "cd copy",
        "git log --graph", "git fetch", "git blame c.txt a.txt",
        "git grep alpha", "git worktree add -q ../tree v1", "git fsck")


@program("git")
def git_tests(fix):
    """some of git's own tests; GIT_SOURCE names its built source folder"""
    source = os.environ.get("GIT_SOURCE")
    if not source or not os.path.exists(os.path.join(source, "t")):
        raise Missing("GIT_SOURCE does not name git's source folder")
    tests = ("t0000-basic.sh", "t1300-config.sh", "t3200-branch.sh",
             "t7400-submodule-basic.sh")
    lines = ["sh ./%s --root='%s'" % (test, fix.root) for test in tests]
    return fix.commands("cd '%s/t'" % source, *lines)


C_PROJECT = {
    "main.c": '#include "sum.h"\n#include <stdio.h>\n'
              'int main(void) { printf("%d\\n", sum(1, 2)); return 0; }\n',
    "sum.c": '#include "sum.h"\nint sum(int a, int b) { return a + b; }\n',
    "inc/sum.h": "int sum(int a, int b);\n",
    "Makefile": """\
all: prog check
prog: main.o sum.o libmore.a
\t$(CC) -o $@ main.o sum.o -L. -lmore -lm
libmore.a: more.o
\t$(AR) rcs $@ more.o
%.o: %.c
\t$(CC) -g -MMD -Iinc -Imissing -c -o $@ $<
check: prog
\t./prog | grep 3
clean:
\trm -f *.o *.a *.d prog
-include $(wildcard *.d)
.PHONY: all check clean
""",
    "more.c": "int more(void) { return 1; }\n",
}


def _c_project(fix, compiler):
    for name, text in C_PROJECT.items():
        fix.write(name, text)
    return fix.commands("make -j2 CC=" + compiler, "make CC=" + compiler,
                        "touch sum.c", "make -j2 CC=" + compiler, "make clean")


@program("gcc", "make", quick=True)
def gcc(fix):
    """make -j2: compile, archive, link, run, and again"""
    return _c_project(fix, "gcc")


@program("clang", "make")
def clang(fix):
    """the same with clang"""
    return _c_project(fix, "clang")


@program("cmake", "ninja", "ctest", "cc")
def cmake(fix):
    """configure, ninja, ctest"""
    for name, text in C_PROJECT.items():
        fix.write(name, text)
    fix.write("CMakeLists.txt", """\
        cmake_minimum_required(VERSION 3.16)
        project(sum C)
        find_package(Threads)
        include(CheckIncludeFile)
        check_include_file(unistd.h HAVE_UNISTD)
        add_library(more SHARED more.c)
        add_executable(prog main.c sum.c)
        target_include_directories(prog PRIVATE inc)
        target_link_libraries(prog more)
        enable_testing()
        add_test(NAME prog COMMAND prog)
        """)
    return fix.commands("cmake -S . -B out -G Ninja", "ninja -C out",
                        "cd out && ctest -j2", "touch ../sum.c", "ninja")


@program("autoreconf", "make", "cc")
def configure(fix):
    """autoconf's configure, and make"""
    for name, text in C_PROJECT.items():
        fix.write(name, text)
    fix.write("configure.ac", """\
        AC_INIT([sum], [1.0])
        AC_CONFIG_HEADERS([config.h])
        AC_PROG_CC
        AC_CHECK_HEADERS([stdio.h no/such.h])
        AC_CHECK_FUNCS([strlcpy memcpy])
        AC_SEARCH_LIBS([sin], [m])
        AC_CONFIG_FILES([made])
        AC_OUTPUT
        """)
    fix.write("made.in", "CC=@CC@\n")
    fix.run("autoreconf", "-i")
    return fix.commands("./configure", "make", "./config.status --recheck")


@program("sqlite3")
def sqlite(fix):
    """a database with a journal, a write-ahead log, an import"""
    fix.write("in.csv", "1,a\n2,b\n")
    fix.write("s.sql", "create table t(a,b);\n.mode csv\n.import in.csv t\n"
                       "select * from t;\n")
    return fix.commands(
        "sqlite3 t.db <s.sql", "sqlite3 t.db 'pragma journal_mode=wal;"
        "insert into t values(3,4); select count(*) from t'",
        "sqlite3 t.db .dump >dump", "sqlite3 -readonly t.db 'select 1'",
        "sqlite3 missing/t.db 'select 1 from x'")


def _load_sources(fix):
    for name, text in recall_sources.SOURCES.items():
        fix.write("src/" + name, text)


def _compile(fix, name, *options, cc="cc"):
    if not shutil.which(cc):
        raise Missing("no " + cc)
    fix.run(cc, "-O1", "-w", "-o", name, "src/%s.c" % name, *options)


@program("cc", quick=True)
def libc(fix):
    """what libc does inside: glob, ftw, fts, tmpfile, names, spawn, ..."""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "libc", "-pthread")
    return ["./libc"]


@program("cc", quick=True)
def raw(fix):
    """syscall(2): openat2, statx, renameat2, io through /proc/self/fd"""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "raw")
    return ["./raw"]


@program("cc", quick=True)
def threads(fix):
    """threads with directories of their own; exec from a thread"""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "threads", "-pthread")
    return ["./threads"]


@program("cc", quick=True)
def loader(fix):
    """plugins by LD_LIBRARY_PATH and RUNPATH, with misses on the way"""
    _load_sources(fix)
    os.makedirs(fix.path("lib/deep"))
    os.makedirs(fix.path("other"))
    shared = ("-shared", "-fPIC")
    fix.run("cc", *shared, "-o", "lib/deep/libinner.so", "src/inner.c")
    fix.run("cc", *shared, "-o", "lib/libplug.so", "src/plug.c",
            "-Llib/deep", "-linner", "-Wl,-rpath,$ORIGIN/none:$ORIGIN/deep")
    fix.run("cc", *shared, "-o", "other/libother.so", "src/inner.c")
    os.symlink("libother.so", fix.path("other/libalias.so"))
    _compile(fix, "loader", "-ldl", "-Llib", "-Wl,--enable-new-dtags",
             "-Wl,-rpath,$ORIGIN/nowhere:$ORIGIN/lib")
    fix.env["LD_LIBRARY_PATH"] = "missing:%s:lib/deep" % fix.path("other")
    return fix.commands("./loader", "cd lib && ../loader", "ldd ./loader")


# What ftrace cannot sit inside: two runs. -------------------------------


@program("musl-gcc", twice=True)
def musl(fix):
    """a program of another libc"""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "plain", cc="musl-gcc")
    return ["./plain", "child"]


@program("cc", twice=True)
def static(fix):
    """a statically linked program"""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "plain", "-static")
    return ["sh", "-c", "./plain child; cat a.txt"]


@program("busybox", twice=True)
def busybox(fix):
    """busybox's shell and tools"""
    _shell(fix)
    return ["busybox", "sh", "main.sh"]


@program("go", twice=True)
def go_program(fix):
    """a Go program"""
    fix.some_files()
    _go_module(fix)
    fix.run("go", "build", "-o", "prog", ".")
    return ["./prog"]


@program("go", twice=True)
def go_build(fix):
    """go build, go vet and go test of a small module"""
    fix.some_files()
    _go_module(fix)
    return fix.commands("go build -o prog .", "go vet .", "go test ./...")


def _go_module(fix):
    fix.env.update(GOCACHE=fix.path("cache"), GOFLAGS="-mod=mod",
                   GOPROXY="off", GOTOOLCHAIN="local", GO111MODULE="on",
                   GOTELEMETRY="off", CGO_ENABLED="0",
                   GOPATH=fix.path("gopath"))
    for name, text in recall_sources.GO.items():
        fix.write(name, text)


@program("cc", twice=True, incomplete=True)
def io_uring(fix):
    """opens through a ring: no call that anybody could see"""
    fix.some_files()
    _load_sources(fix)
    _compile(fix, "ring")
    if subprocess.call([fix.path("ring")], cwd=fix.root,
                       stdout=subprocess.DEVNULL) == 77:
        raise Missing("the kernel has no io_uring here")
    return ["./ring"]
