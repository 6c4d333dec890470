# SPDX-License-Identifier: MIT
"""Programs for bench/recall that enter the kernel past the C library."""

import os
import subprocess
import sys

import common
from recall_fixture import Missing, Programs

program = Programs()

# What comes from a package registry stays here.
CACHE = os.path.join(common.BUILD, "cache", "recall")


def _attempt(what, argv, **options):
    done = subprocess.run(argv, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        raise Missing("%s cannot be had: %s" % (
            what, (done.stdout.strip().split("\n") or [""])[-1][:100]))


def _pip(package):
    """The folder into which pip has put it."""
    place = os.path.join(CACHE, package)
    if not os.path.isdir(place):
        _attempt(package, [
            sys.executable, "-m", "pip", "install", "-q", "--no-deps",
            "--only-binary", ":all:", "--target", place, package])
    return place


def _tool(package, name):
    path = os.path.join(_pip(package), "bin", name)
    if not os.path.exists(path):
        raise Missing("no %s in %s" % (name, package))
    return path


@program()
def ripgrep(fix):
    """a search through folders, of Rust's standard library alone"""
    fix.some_files()
    fix.write(".gitignore", "*.o\n")
    tool = _tool("ripgrep", "rg")
    return fix.commands("'%s' alpha || true" % tool,
                        "'%s' --files --hidden -g '*.txt'" % tool)


@program()
def ruff(fix):
    """check and format, with rustix"""
    fix.write("ruff.toml", '[lint]\nselect = ["F"]\n')
    fix.write("pkg/__init__.py", "")
    fix.write("pkg/one.py", "import os\nx  = 1\n")
    tool = _tool("ruff", "ruff")
    return fix.commands("'%s' check . || true" % tool,
                        "'%s' format pkg" % tool,
                        "'%s' check --fix pkg" % tool)


@program()
def uv(fix):
    """an environment and what is in it, with rustix"""
    fix.env.update(UV_CACHE_DIR=fix.path("cache"), UV_OFFLINE="1",
                   UV_PYTHON=sys.executable)
    fix.write("pyproject.toml",
              '[project]\nname = "demo"\nversion = "1"\n'
              'requires-python = ">=3.9"\n')
    tool = _tool("uv", "uv")
    return fix.commands("'%s' venv env" % tool,
                        "'%s' pip list --python env/bin/python" % tool,
                        "'%s' lock" % tool, "'%s' version" % tool)


@program()
def safetensors(fix):
    """an extension of Python that is loaded late, with rustix"""
    fix.env["PYTHONPATH"] = _pip("safetensors==0.8.0")
    fix.write("main.py", """\
        import ctypes
        import safetensors
        byte = ctypes.create_string_buffer(b"1")
        safetensors.serialize_file({"x": safetensors.TensorSpec(
            dtype="uint8", shape=[1], data_ptr=ctypes.addressof(byte),
            data_len=1)}, "made.bin")
        with open("made.bin", "rb") as file:
            safetensors.deserialize(file.read())
        """)
    return [sys.executable, "main.py"]


RUSTIX = """\
use rustix::fs::{self, AtFlags, Mode, OFlags};
use std::process::Command;
fn main() {
    let read = OFlags::RDONLY;
    let a = fs::open("a.txt", read, Mode::empty()).unwrap();
    let mut bytes = [0u8; 9];
    rustix::io::read(&a, &mut bytes).unwrap();
    assert!(fs::open("ghost", read, Mode::empty()).is_err());
    let data = fs::open("data", read | OFlags::DIRECTORY, Mode::empty());
    let data = data.unwrap();
    fs::openat(&data, "one.txt", read, Mode::empty()).unwrap();
    for entry in fs::Dir::read_from(&data).unwrap() { entry.unwrap(); }
    fs::stat("b.txt").unwrap();
    fs::statat(fs::CWD, "dangling", AtFlags::SYMLINK_NOFOLLOW).unwrap();
    fs::readlink("chain", Vec::new()).unwrap();
    fs::mkdir("made", Mode::RWXU).unwrap();
    fs::rename("made", "moved").unwrap();
    fs::symlink("a.txt", "soft").unwrap();
    fs::unlink("soft").unwrap();
    let all = OFlags::CREATE | OFlags::WRONLY;
    fs::open("new", all, Mode::RUSR | Mode::WUSR).unwrap();
    fs::access("nothing", fs::Access::EXISTS).ok();
    Command::new("cat").arg("b.txt").output().unwrap();
    let work = move || { fs::open("data/deep/two.txt", read, Mode::empty()) };
    std::thread::spawn(move || work().is_ok()).join().unwrap();
    rustix::process::chdir("data").unwrap();
    fs::open("one.txt", read, Mode::empty()).unwrap();
}
"""


def _built(name, build):
    """What `build` made in a folder of that name, once for all."""
    place = os.path.join(CACHE, name)
    done = os.path.join(place, ".done")
    if not os.path.exists(done):
        os.makedirs(place, exist_ok=True)
        build(place)
        with open(done, "w", encoding="utf-8"):
            pass
    return place


def _write(place, name, text):
    path = os.path.join(place, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _build_rustix(place):
    _write(place, "Cargo.toml", '[package]\nname = "demo"\nversion = "1.0.0"\n'
           'edition = "2021"\n[dependencies]\n'
           'rustix = {version = "1", features = ["fs", "process"]}\n')
    _write(place, "src/main.rs", RUSTIX)
    _attempt("rustix", ["cargo", "build", "-q", "--release"], cwd=place)


@program("cargo")
def rustix(fix):
    """Rust that opens, lists, looks, makes and moves by itself"""
    fix.some_files()
    return [os.path.join(_built("rustix", _build_rustix),
                         "target/release/demo")]


GO = """\
package main

import "C"
import "os"

//export look
func look() C.int {
	data, err := os.ReadFile("a.txt")
	if err != nil {
		return -1
	}
	os.Stat("ghost")
	os.ReadDir("data")
	return C.int(len(data))
}

func main() {}
"""


def _build_go(place):
    _write(place, "go.mod", "module demo\n\ngo 1.18\n")
    _write(place, "main.go", GO)
    _attempt("a library of Go", [
        "go", "build", "-buildmode=c-shared", "-o", "libdemo.so", "."],
        cwd=place, env=dict(os.environ, CGO_ENABLED="1"))
    _write(place, "main.c", "int look(void);\nint main(void)\n"
           "{ return look() > 0 ? 0 : 1; }\n")
    _attempt("a program with it", [
        "cc", "-o", "demo", "main.c", "-L.", "-ldemo", "-Wl,-rpath," + place],
        cwd=place)


@program("go", "cc", twice=True)
def cgo(fix):
    """a C program that is linked to a library of Go"""
    fix.some_files()
    return [os.path.join(_built("cgo", _build_go), "demo")]


@program("go", "cc", incomplete=True)
def cgo_late(fix):
    """Python that loads a library of Go"""
    fix.some_files()
    fix.write("main.py", "import ctypes\n"
              "assert ctypes.CDLL('%s/libdemo.so').look() > 0\n"
              % _built("cgo", _build_go))
    return [sys.executable, "main.py"]


RAW = r"""
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
static long enter(long n, long a, long b, long c)
{
#ifdef __x86_64__
	long r;
	register long r10 __asm__("r10") = 0;
	__asm__ volatile("syscall" : "=a"(r)
		: "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10)
		: "rcx", "r11", "memory");
	return r;
#else
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b, x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = 0;
	__asm__ volatile("svc 0" : "+r"(x0)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
#endif
}
static long open_at(const char *path)
{
	return enter(SYS_openat, AT_FDCWD, (long)path, O_RDONLY);
}
int main(void)
{
	static char bytes[4096];
	long fd = open_at("a.txt");
	enter(SYS_read, fd, (long)bytes, sizeof(bytes));
	open_at("ghost");
	enter(SYS_getdents64, open_at("data"), (long)bytes, sizeof(bytes));
	enter(SYS_chdir, (long)"data", 0, 0);
	open_at("one.txt");
	return fd < 0;
}
"""


@program("cc")
def assembly(fix):
    """C with system call instructions of its own"""
    fix.some_files()
    fix.write("raw.c", RAW)
    fix.run("cc", "-O2", "-o", "raw", "raw.c")
    return [fix.path("raw")]
