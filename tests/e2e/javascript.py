# SPDX-License-Identifier: MIT
"""A small project that each of JavaScript's runners can test."""

import re

# What a.js has of b.js, and b.js keeps of a file; c.js stands alone.
SOURCES = {
    "lib/a.js": "const { b } = require('./b');\n"
                "exports.a = () => b() + 1;\n",
    "lib/b.js": "const fs = require('fs');\n"
                "let kept;\n"
                "exports.b = () => 1;\n"
                "exports.data = () => kept ??= JSON.parse("
                "fs.readFileSync(__dirname + '/../data/d.json'));\n",
    "lib/c.js": "exports.c = () => 3;\n",
    "data/d.json": '{"x": 1}\n',
    "package.json": '{"name": "sample", "version": "1.0.0"}\n',
}
TESTS = {
    "a": ("lib/a", "a", "(a(), 2)"),
    "b": ("lib/b", "data", "(data().x, 1)"),
    "c": ("lib/c", "c", "(c(), 3)"),
}
HIDDEN = ("Object.keys(process.env).filter("
          "(name) => /FTRACE|NODE_OPTIONS|LD_PRELOAD/.test(name)).join()")


def write(project, head="", equal="assert.strictEqual", test="it"):
    """Its sources, and a file of tests for each module."""
    for name, text in SOURCES.items():
        project.write(name, text)
    for name, (module, function, check) in TESTS.items():
        project.write("test/%s.test.js" % name, "\n".join([
            head, "const assert = require('assert');",
            "const { %s } = require('../%s');" % (function, module),
            "%s('%s works', () => %s%s);" % (test, name, equal, check),
            "%s('%s sees nothing', () => %s(%s, ''));" % (
                test, name, equal, HIDDEN), ""]))
    return project


def affected_by(project, name, old=None, new=None):
    with project.edited(name, *([old, new] if old else [])):
        return project.affected()


def check_units(project, *words):
    """Records the project's tests and edits each of its files."""
    plain = project.sh(*words)
    assert plain.code == 0, plain
    recorded = project.run(*words)
    assert recorded.code == 0, recorded
    assert timeless(recorded.out) == timeless(plain.out)
    assert "recorded 3 units" in recorded.err
    assert project.units() == dict.fromkeys(
        ("test/a.test.js", "test/b.test.js", "test/c.test.js"), "passed")
    assert project.affected() == []
    a, b, c = sorted(project.units())
    assert affected_by(project, "lib/a.js", "+ 1", "+ 2") == [a]
    assert affected_by(project, "lib/b.js", "=> 1", "=> 2") == [a, b]
    assert affected_by(project, "lib/c.js", "3", "4") == [c]
    assert b in affected_by(project, "data/d.json", "1", "2")
    assert c not in affected_by(project, "data/d.json", "1", "2")
    for unit in (a, b, c):
        assert affected_by(project, unit, "works", "does") == [unit]
    assert affected_by(project, "package.json", "1.0.0", "1.0.1") == [a, b, c]
    # What would have been found instead.
    shadow = project.write("lib/b", "exports.b = exports.data = () => 0;\n")
    assert set(project.affected()) >= {a, b}
    assert c not in project.affected()
    shadow.unlink()
    assert project.affected() == []


def check_selection(project, ran, *words):
    """ran: what of the output names the files that ran."""
    def chosen(code=0):
        result = project.ftrace("test", "--", *words)
        assert result.code == code, result
        return sorted(set(re.findall(ran, result.out + result.err)))

    assert chosen() == []
    project.edit("lib/c.js", "3", "4")
    assert chosen(code=1) == ["c"]
    assert project.units()["test/c.test.js"] == "failed"
    assert project.affected() == ["test/c.test.js"]
    # Undone, all is again as it was when it passed.
    project.edit("lib/c.js", "4", "3")
    assert chosen() == []
    assert project.affected() == []
    assert project.units()["test/c.test.js"] == "passed"
    # A file that is new, and gone again.
    text = (project.root / "test/c.test.js").read_text()
    new = project.write("test/n.test.js", text.replace("'c ", "'n "))
    assert "test/n.test.js" in project.affected()
    assert "n" in chosen()
    assert project.units()["test/n.test.js"] == "passed"
    assert project.affected() == []
    new.unlink()
    assert "test/n.test.js" not in project.affected()
    project.run(*words).ok()
    assert "test/n.test.js" not in project.units()
    assert project.affected() == []


def timeless(text):
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\(?\d+(\.\d+)? ?m?s\)?", "TIME", text)
    text = re.sub(r"duration_ms:? [\d.]+", "TIME", text)
    text = re.sub(r"Start at .*", "", text)
    return sorted(line.rstrip() for line in text.split("\n"))
