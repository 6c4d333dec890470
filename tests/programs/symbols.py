# SPDX-License-Identifier: MIT
"""Every function that the installed glibc exports is in symbols.txt.

usage: symbols.py WAYS

Fails when a function is new, when a way does not exist or does not call what
it is said to, and when an entry is of no use: is it spelt right?
"""
import collections
import ctypes
import fnmatch
import pathlib
import platform
import re
import struct
import subprocess
import sys

WAYS = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77

# glibc's libraries; since 2.34 all but the last are in the first.
LIBRARIES = ("libc.so.6", "libpthread.so.0", "librt.so.1", "libdl.so.2",
             "libutil.so.1", "libanl.so.1", "libresolv.so.2")

SHT_DYNSYM, SHT_VERSYM, SHT_VERDEF = 11, 0x6fffffff, 0x6ffffffd
STT_FUNC, STT_GNU_IFUNC = 2, 10


def sections(data):
    """(type, offset, size, section it refers to) of a 64-bit ELF file."""
    offset, = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3a)
    for i in range(count):
        found = struct.unpack_from("<IIQQQQII", data, offset + i * size)
        yield found[1], found[4], found[5], found[6]


def string(data, at):
    return data[at:data.index(b"\0", at)].decode()


def version_names(data, table, strings):
    """The names of the versions that a library defines, by their number."""
    names, at = {}, table[1]
    while table[2]:
        _, _, number, _, _, first, step = struct.unpack_from("<HHHHIII",
                                                             data, at)
        name, _ = struct.unpack_from("<II", data, at + first)
        names[number] = string(data, strings + name)
        if not step:
            break
        at += step
    return names


def functions(path):
    """The names of each function that programs may use, by its address."""
    data = path.read_bytes()
    table = list(sections(data))
    symbols = next(each for each in table if each[0] == SHT_DYNSYM)
    strings = table[symbols[3]][1]
    numbers = next(each for each in table if each[0] == SHT_VERSYM)[1]
    versions = version_names(
        data, next(each for each in table if each[0] == SHT_VERDEF), strings)
    found = collections.defaultdict(set)
    for i in range(symbols[2] // 24):
        name, info, _, section, value, _ = struct.unpack_from(
            "<IBBHQQ", data, symbols[1] + i * 24)
        number, = struct.unpack_from("<H", data, numbers + i * 2)
        version = versions.get(number & 0x7fff, "")
        if section and info & 15 in (STT_FUNC, STT_GNU_IFUNC) and (
                version != "GLIBC_PRIVATE"):
            found[value].add(string(data, strings + name))
    return [frozenset(names) for names in found.values()]


class Table:
    """symbols.txt."""

    def __init__(self, path):
        text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.M)
        self.ways, self.reasons = {}, {}
        self.problems, self.unused = [], set()
        for entry in re.sub(r"\n[ \t]+", " ", text).splitlines():
            if not entry.strip():
                continue
            head, _, names = entry.rpartition(":")
            for word in names.split():
                name = word.rstrip("?")
                known = name in self.ways or name in self.reasons
                if known or not head:
                    self.problems.append(f"{name} is there twice")
                elif head.startswith("- "):
                    self.reasons[name] = head[2:]
                else:
                    self.ways[name] = head
                if name == word:
                    self.unused.add(name)
        self.patterns = [each for each in self.reasons if "*" in each or
                         "[" in each]

    def knows(self, names):
        """Whether the function with these names has an entry."""
        exact = {name for name in names
                 if name in self.ways or name in self.reasons}
        self.unused -= exact
        if exact:
            return True
        found = [pattern for pattern in self.patterns
                 if any(fnmatch.fnmatchcase(name, pattern) for name in names)]
        self.unused -= set(found)
        return bool(found)


def check_ways(table):
    """Each way exists, and the function is called somewhere here."""
    answer = subprocess.run([WAYS], capture_output=True, text=True,
                            check=True).stdout
    ways = {line.split("\t")[0] for line in answer.splitlines()}
    source = "".join(path.read_text() for path in HERE.glob("*.c"))
    words = set(re.findall(r"\w+", source))
    for name, way in table.ways.items():
        if way not in ways:
            yield f"{name}: there is no way {way}"
        if name not in words:
            yield f"{name}: never called"


def installed():
    """glibc's libraries, where the loader finds them."""
    maps = pathlib.Path("/proc/self/maps").read_text()
    found = re.search(r"(/\S*/)libc(?:\.so\.6|-2\.\d+\.so)$", maps, re.M)
    if not found:
        sys.exit(SKIPPED)
    folder = pathlib.Path(found[1])
    return [folder / name for name in LIBRARIES if (folder / name).exists()]


def main():
    libraries = installed()
    if struct.calcsize("P") != 8 or sys.byteorder != "little":
        sys.exit(SKIPPED)
    libc = ctypes.CDLL(None)
    libc.gnu_get_libc_version.restype = ctypes.c_char_p
    version = libc.gnu_get_libc_version().decode()
    table = Table(HERE / "symbols.txt")
    problems = table.problems + list(check_ways(table))
    count = 0
    for path in libraries:
        for names in functions(path):
            count += len(names)
            if not table.knows(names):
                problems.append(f"{path.name}: {', '.join(sorted(names))}: "
                                "in no entry of symbols.txt")
    made = f"glibc {version}, {platform.machine()};"
    if made in (HERE / "symbols.txt").read_text():
        problems += [f"{name}: matches nothing"
                     for name in sorted(table.unused)]
    print(f"{count} names, {len(set(table.ways.values()))} ways")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
