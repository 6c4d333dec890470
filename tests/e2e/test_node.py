# SPDX-License-Identifier: MIT
"""node --test: the process of each file of tests is a unit."""

import pytest

import javascript
import node_packages
from javascript import affected_by

RAN = r"# Subtest: (\w) works"
HEAD = "const { it } = require('node:test');"


@pytest.fixture
def sample(project):
    node_packages.need_node()
    javascript.write(project, HEAD)
    project.env["PATH"] = node_packages.path()
    project.env["HOME"] = project.root.parent / "home"
    return project


def test_units(sample):
    javascript.check_units(sample, "node", "--test", "--test-reporter=tap")


def test_what_is_affected_runs(sample):
    words = ("node", "--test", "--test-reporter=tap")
    sample.run(*words).ok()
    javascript.check_selection(sample, RAN, *words)


def test_modules_that_are_imported(sample):
    sample.write("lib/x.mjs", "export const x = 1;\n")
    sample.write("test/x.test.mjs", """\
        import test from 'node:test';
        import { x } from '../lib/x.mjs';
        test('x', () => { if (x !== 1) throw new Error(); });
        """)
    sample.run("node", "--test").ok()
    assert affected_by(sample, "lib/x.mjs", "1", "2") == ["test/x.test.mjs"]


def test_what_a_test_starts(sample):
    sample.write("data/list.txt", "1")
    sample.write("test/starts.test.js", HEAD + """
        const { execFileSync } = require('child_process');
        it('starts', () => execFileSync('cat', ['data/list.txt']));
        """)
    sample.run("node", "--test").ok()
    assert affected_by(sample, "data/list.txt") == ["test/starts.test.js"]


def test_a_choice_among_tests_is_one_unit(sample):
    words = ["node", "--test", "--test-name-pattern=works"]
    sample.run(*words).ok()
    assert set(sample.units()) == {" ".join(words)}


def test_behind_npm(sample):
    sample.write("package.json", """\
        {"name": "sample", "version": "1.0.0",
         "scripts": {"pretest": "cat lint.txt",
                     "test": "node --test --test-reporter=tap"}}
        """)
    sample.write("lint.txt", "1")
    assert "recorded 4 units" in sample.run("npm", "test").ok().err
    assert sample.affected() == []
    assert affected_by(sample, "lib/c.js", "3", "4") == ["test/c.test.js"]
    javascript.check_selection(sample, RAN, "npm", "test")
    # What it runs besides is a unit of its own, with which all run.
    sample.edit("lint.txt")
    result = sample.ftrace("test", "--", "npm", "test").ok()
    assert "does more than run tests" in result.err


def test_beside_pytest(sample):
    """One map; new files of either are found after runs of the other."""
    sample.write("test/test_p.py", "def test_p():\n    pass\n")
    sample.run("node", "--test").ok()
    sample.pytest("-q", "-p", "no:cacheprovider").ok()
    assert sample.affected() == []
    sample.edit("lib/c.js", "3", "4")
    sample.edit("lib/c.js", "4", "3")
    sample.write("test/test_q.py", "def test_q():\n    pass\n")
    sample.run("node", "--test").ok()
    assert sample.affected() == ["test/test_q.py"]
    sample.pytest("-q", "-p", "no:cacheprovider").ok()
    sample.write("test/n.test.js", HEAD + "it('n', () => {});\n")
    sample.pytest("-q", "-p", "no:cacheprovider").ok()
    assert sample.affected() == ["test/n.test.js"]


def test_files_that_lie_deep(sample):
    """No pattern of node's takes long to say that such a file is no test."""
    deep = "/".join("abcdefghijklmnopqrstuvwxyz")
    sample.write(deep + "/test/note.txt", "1")
    sample.run("node", "--test").ok()
    sample.write("lib/a.js", "exports.a = () => 2;\n")
    sample.write(deep + "/test/other.txt", "1")
    done = sample.ftrace("test", "--", "node", "--test", timeout=60)
    assert "1 of 3" in done.err, done
