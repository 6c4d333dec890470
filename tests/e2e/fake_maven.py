#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `mvn test` does, without a JVM: test_maven.py puts it in front.

Sources are Java to look at.  What is compiled are class files with the pool of
constants that comments ask for: `// pool a/One some text`, `// constant K`,
`// loads by name`.  A class of tests that runs reads its class file and those
that the pools lead to, and does what its comments say: `// reads FILE`,
`// lists FOLDER`, `// fails`.
"""

import os
import re
import shutil
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def walk(folder, ending=""):
    for above, _folders, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(ending):
                yield os.path.join(above, name)


def said(text, word):
    return [line.strip() for line in re.findall(
        r"// %s\b(.*)" % re.escape(word), text)]


def text_entry(text):
    data = text.encode()
    return struct.pack(">BH", 1, len(data)) + data


def class_file(name, source, text):
    """Bytes of a class, as chapter 4 of the JVM's specification has them."""
    pool = [text_entry(name), struct.pack(">BH", 7, 1), text_entry(source),
            text_entry("SourceFile"), text_entry("ConstantValue"),
            text_entry("I"), struct.pack(">Bi", 3, 5)]
    fields = b""
    constants = said(text, "constant")
    for each in constants:
        pool.append(text_entry(each))
        fields += struct.pack(">HHHHHIH", 0x19, len(pool), 6, 1, 5, 2, 7)
    if said(text, "loads by name"):
        at = len(pool) + 1
        pool += [text_entry("java/lang/Class"), struct.pack(">BH", 7, at),
                 text_entry("forName"), text_entry("()V"),
                 struct.pack(">BHH", 12, at + 2, at + 3),
                 struct.pack(">BHH", 10, at + 1, at + 4)]
    for line in said(text, "pool"):
        pool.append(text_entry(line))
    return (struct.pack(">IHHH", 0xcafebabe, 0, 61, len(pool) + 1)
            + b"".join(pool) + struct.pack(">HHHH", 0x21, 2, 0, 0)
            + struct.pack(">H", len(constants)) + fields
            + struct.pack(">HHHIH", 0, 1, 4, 2, 3))


def compile_all(folder, target):
    """Each source, if that is newer; to the names of the classes."""
    for path in walk(folder, ".java"):
        name = os.path.relpath(path, folder)[:-5]
        out = os.path.join(target, name + ".class")
        os.makedirs(os.path.dirname(out), exist_ok=True)
        if not os.path.exists(out) or (os.stat(out).st_mtime_ns
                                       < os.stat(path).st_mtime_ns):
            with open(path, encoding="utf-8") as source:
                text = source.read()
            if "does not compile" in text:
                sys.exit(1)
            if not name.endswith("package-info"):
                with open(out, "wb") as file:
                    file.write(class_file(
                        name, os.path.basename(path), text))


def copy_all(folder, target):
    for path in walk(folder):
        out = os.path.join(target, os.path.relpath(path, folder))
        os.makedirs(os.path.dirname(out), exist_ok=True)
        if not os.path.exists(out) or (os.stat(out).st_mtime_ns
                                       < os.stat(path).st_mtime_ns):
            shutil.copy(path, out)


def sources():
    found = {}
    for folder in ("src/main/java", "src/test/java"):
        for path in walk(folder, ".java"):
            with open(path, encoding="utf-8") as text:
                found[os.path.relpath(path, folder)[:-5]] = text.read()
    return found


def built(name):
    for folder in ("target/test-classes", "target/classes"):
        path = os.path.join(folder, name + ".class")
        if os.path.exists(path):
            return path
    return None


def loaded(name, texts, met):
    """Itself, and what the pools lead to."""
    if name in met or not built(name):
        return met
    met.append(name)
    for line in said(texts.get(name, ""), "pool"):
        loaded(line, texts, met)
    return met


def report(name, text, failed):
    os.makedirs("target/surefire-reports", exist_ok=True)
    dotted = name.replace("/", ".")
    with open("target/surefire-reports/TEST-%s.xml" % dotted, "w",
              encoding="utf-8") as out:
        out.write('<testsuite name="%s"><testcase name="t" classname="%s" '
                  'time="0.01">%s</testcase></testsuite>' % (
                      dotted, dotted, "<failure/>" if failed else (
                          "<skipped/>" if said(text, "skipped") else "")))


def module(chosen):
    """Whether all tests passed."""
    copy_all("src/main/resources", "target/classes")
    compile_all("src/main/java", "target/classes")
    copy_all("src/test/resources", "target/test-classes")
    compile_all("src/test/java", "target/test-classes")
    texts, files, folders, good, met = sources(), [], [], True, []
    for name, text in sorted(texts.items()):
        usual = name.endswith("Test") or said(text, "is a test")
        if not built(name) or said(text, "abstract") or not (
                name.replace("/", ".") in chosen if chosen else usual):
            continue
        print("ran " + name, flush=True)
        loaded(name, texts, met)
        for each in said(text, "loads"):
            loaded(each, texts, met)
        files += said(text, "reads")
        folders += said(text, "lists")
        failed = bool(said(text, "fails"))
        good &= not failed
        report(name, text, failed)
    # Each class once, for whoever is the first.
    files += [built(each) for each in met]
    if met:
        subprocess.run(
            [os.path.join(HERE, "java"), "-c",
             'for f in $1; do read -r x <"$f"; done; '
             'for d in $2; do ls "$d"; done >/dev/null 2>&1',
             os.path.abspath("target/surefire/booter.jar"),
             " ".join(files), " ".join(folders)], check=False)
    return good


def main():
    chosen = [word[7:].split(",") for word in sys.argv
              if word.startswith("-Dtest=")]
    with open("pom.xml", encoding="utf-8") as pom:
        names = re.findall(r"<module>(.*?)</module>", pom.read())
    top = os.getcwd()
    for name in names or ["."]:
        os.chdir(os.path.join(top, name))
        if not module(chosen[0] if chosen else []):
            return 1
    return 0


sys.exit(main())
