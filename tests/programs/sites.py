# SPDX-License-Identifier: MIT
"""Looks at the C library with other eyes than wire/sites_x86_64.c.

usage: sites.py LIST_SITES

Every `syscall` instruction that objdump shows in libc.so, ld.so and the
libraries that belong to them, and that can be reached with the number of a
call of the catalogue, has to be a site; so has one of which that cannot be
told. LIST_SITES is the program of list_sites.c.
"""
import os
import platform
import re
import shutil
import subprocess
import sys

LIST_SITES = sys.argv[1]
SKIPPED = 77

# What makes a call of the catalogue and is left alone, with the reason.
EXCEPTIONS = {
    ("ld", "readlink"): "the loader asks /proc/self/exe where the program "
                        "lies, before anything else is loaded",
    ("ld", "readlinkat"): "as readlink, since glibc 2.43",
}
# What may be left alone where another instruction that makes it is a site:
# mmap below 4 GB, which glibc has to be set to (prefer_map_32bit_exec).
BESIDE = {"mmap"}
# How instructions of which no number is known may get it.
UNKNOWN = {
    r"mov \(%\w+\),%eax": "the call that setuid and its like make in every "
                          "thread; its number lies in memory",
}
# syscall(2) itself takes any number: it has to be a site.
ANY = "argument"

NAMES = {"eax": "rax", "ecx": "rcx", "edx": "rdx", "ebx": "rbx",
         "esi": "rsi", "edi": "rdi", "ebp": "rbp"}
NO_TARGET = {"cmp", "cmpq", "cmpl", "cmpb", "test", "testl", "testb",
             "testq", "push", "nop", "nopw", "nopl", "bt", "btl", "btq"}
ENDS = {"jmp", "ret", "hlt", "ud2", "fatal"}
# A call of these ends what comes before it: they do not return.
FATAL = re.compile("<(abort|_exit|__assert_fail|__libc_fatal"
                   "|__stack_chk_fail)[@>]")
LINE = re.compile(r" +([0-9a-f]+):\t(?:(?:data16|cs|lock|rep|repz|bnd"
                  r"|notrack) )*(\S+) *([^#<]*)(.*)")


def register(text):
    name = text.strip().lstrip("%")
    return re.sub(r"^(r\d+)d$", r"\1", NAMES.get(name, name))


class Code:
    """The instructions of a library, in order, and who jumps to them."""

    def __init__(self, path):
        text = subprocess.run(
            ["objdump", "-d", "--no-show-raw-insn", path],
            capture_output=True, text=True, check=True).stdout
        self.lines, self.begins, self.jumps = [], set(), {}
        for line in text.splitlines():
            found = LINE.match(line)
            if found:
                what = found[2]
                if what == "call" and FATAL.match(found[4]):
                    what = "fatal"
                self.lines.append((int(found[1], 16), what,
                                   found[3].strip()))
            elif line.endswith(">:"):
                self.begins.add(int(line.split()[0], 16))
        for place, (_, name, operands) in enumerate(self.lines):
            if name.startswith("j") and re.fullmatch("[0-9a-f]+", operands):
                self.jumps.setdefault(int(operands, 16), []).append(place)

    def values(self, place, name):
        """What the register can hold before the instruction at place."""
        found, seen, todo = set(), set(), [(place, name)]
        while todo:
            step = todo.pop()
            while step and step not in seen:
                seen.add(step)
                place, name = step
                address = self.lines[place][0]
                todo += [(jump, name) for jump in
                         self.jumps.get(address, ())]
                if address in self.begins:
                    found.add(ANY)
                    break
                step = self.back(place - 1, name, found)
        return found

    def back(self, place, name, found):
        """Goes over one instruction; None where the value comes from it."""
        _, what, operands = self.lines[place]
        source, _, target = operands.rpartition(",")
        if what in ENDS:
            if not self.is_reached(place + 1):
                found.add(ANY)
            return None
        # gcc knows which of the other registers its own functions keep.
        if name == "rax" and what in ("call", "syscall", "cmpxchg"):
            found.add(what)
            return None
        if what in NO_TARGET or what.startswith("j") or (
                not target.startswith("%") or register(target) != name):
            return place, name
        number = re.fullmatch(r"\$0x([0-9a-f]+)", source)
        if what == "mov" and source.startswith("%"):
            return place, register(source)
        if what.startswith("mov") and number:
            found.add(int(number[1], 16))
        elif what == "xor" and source == target:
            found.add(0)
        else:
            found.add(what + " " + operands)
        return None

    def is_reached(self, place):
        """Whether a jump leads to what follows the end of a function."""
        while self.lines[place][1] in ("nop", "nopw", "nopl", "xchg"):
            if self.lines[place][0] in self.jumps:
                return True
            place += 1
        return self.lines[place][0] in self.jumps


def wanted(library, values, calls):
    """The calls that an instruction with these values can make."""
    for value in values:
        if isinstance(value, int):
            if value in calls and (library, calls[value]) not in EXCEPTIONS:
                yield calls[value]
        elif not any(re.fullmatch(known, value) for known in UNKNOWN):
            yield value


def check(path, calls):
    library = "ld" if os.path.basename(path).startswith("ld-") else "libc"
    answer = subprocess.run([LIST_SITES, path], capture_output=True,
                            text=True, check=True).stdout
    rejected = sum(map(int, re.findall(r"^rejected (\d+)$", answer, re.M)))
    sites = {int(line, 16) for line in
             re.findall(r"^[0-9a-f]+$", answer, re.M)}
    code = Code(path)
    entries = 0
    problems, beside, made = [], {}, set()
    for place, (address, what, _) in enumerate(code.lines):
        if what != "syscall":
            continue
        entries += 1
        values = code.values(place, "rax")
        for call in sorted(set(wanted(library, values, calls))):
            problem = "%s: %x makes %s, and is no site" % (
                path, address, call)
            if address in sites:
                made.add(call)
            elif call in BESIDE:
                beside[call] = problem
            else:
                problems.append(problem)
    problems += [beside[call] for call in sorted(set(beside) - made)]
    strange = sites - {address for address, what, _ in code.lines
                      if what == "syscall"}
    for address in sorted(strange):
        problems.append("%s: %x is no syscall instruction" % (path, address))
    if rejected:
        problems.append("%s: %d sites are left alone" % (path, rejected))
    print("%s: %d instructions, %d sites" % (path, entries, len(sites)))
    return problems


def libraries():
    """The objects that are patched, those of old versions included."""
    text = subprocess.run(["ldd", sys.executable], capture_output=True,
                          text=True, check=False).stdout
    found = re.findall(r"(/\S+) \(0x", text)
    return [path for path in found if re.match(
        r"(libc\.so|libc-2|ld-|libpthread|librt)", os.path.basename(path))]


def main():
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        sys.exit(SKIPPED)
    answer = subprocess.run([LIST_SITES], capture_output=True, text=True,
                            check=True).stdout
    calls = {int(number): name for number, name in
             (line.split() for line in answer.splitlines())}
    found = libraries()
    if not any("libc" in path for path in found):
        sys.exit(SKIPPED)
    problems = [each for path in found for each in check(path, calls)]
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
