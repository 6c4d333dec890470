# SPDX-License-Identifier: MIT
"""mocha's files of tests as units: one process, one cache of modules."""

import pytest

import javascript
import node_packages
from javascript import affected_by

RAN = r"(\w) works"


@pytest.fixture(params=["mocha@10", "mocha@11"])
def sample(project, request):
    return javascript.write(node_packages.use(project, request.param))


@pytest.fixture
def one(project):
    return javascript.write(node_packages.use(project, "mocha@10"))


def test_units(sample):
    javascript.check_units(sample, "mocha")


def test_what_is_affected_runs(one):
    one.run("mocha").ok()
    javascript.check_selection(one, RAN, "mocha")


def test_in_several_processes(one):
    javascript.check_units(one, "mocha", "--parallel")


def test_what_a_module_keeps(one):
    """The second file gets from memory what the first one had read."""
    one.write("test/b2.test.js", (
        one.root / "test/b.test.js").read_text().replace("'b ", "'b2 "))
    one.run("mocha").ok()
    changed = affected_by(one, "data/d.json", "1", "2")
    assert {"test/b.test.js", "test/b2.test.js"} <= set(changed)


def test_a_module_that_others_loaded_before(one):
    """Asked for by another name, it is loaded no more."""
    one.write("lib/index.js", "module.exports = require('./deep/x');\n")
    one.write("lib/deep/x.js", "exports.x = () => require('./y').y;\n")
    one.write("lib/deep/y.js", "exports.y = 5;\n")
    for name in ("p", "q"):
        one.write("test/%s.test.js" % name, """\
            const assert = require('assert');
            const { x } = require('%s');
            it('x', () => assert.equal(x(), 5));
            """ % ("../lib" if name == "p" else "../lib/index"))
    one.run("mocha").ok()
    assert affected_by(one, "lib/deep/y.js", "5", "6") == [
        "test/p.test.js", "test/q.test.js"]


def test_modules_that_are_imported(sample):
    sample.write("package.json", '{"type": "module"}\n')
    for name in ("a", "b", "c"):
        (sample.root / ("lib/%s.js" % name)).unlink()
        (sample.root / ("test/%s.test.js" % name)).unlink()
    sample.write("lib/b.js", """\
        import fs from 'fs';
        const text = fs.readFileSync(
            new URL('../data/d.json', import.meta.url), 'utf8');
        export const b = () => JSON.parse(text).x;
        """)
    sample.write("lib/c.js", "export const c = () => 3;\n")
    for name, module in (("p", "b"), ("q", "b"), ("r", "c")):
        sample.write("test/%s.test.js" % name, """\
            import assert from 'assert';
            import { %s } from '../lib/%s.js';
            it('works', () => assert.ok(%s()));
            """ % (module, module, module))
    sample.run("mocha").ok()
    assert sample.affected() == []
    for name in ("lib/b.js", "data/d.json"):
        changed = affected_by(sample, name, *(
            ["x;", "x + 1;"] if name == "lib/b.js" else ["1", "2"]))
        assert {"test/p.test.js", "test/q.test.js"} <= set(changed)
    assert affected_by(sample, "test/r.test.js", "works", "is") == [
        "test/r.test.js"]


def test_hooks_of_all_files(one):
    one.write("test/a_hooks.js", """\
        const fs = require('fs');
        before(() => fs.readFileSync(__dirname + '/../data/all.txt'));
        """)
    one.write("data/all.txt", "1")
    one.run("mocha").ok()
    assert len(affected_by(one, "data/all.txt")) >= 3
    assert len(affected_by(one, "test/a_hooks.js")) >= 3


def test_a_test_that_alone_is_to_run(one):
    """The others did not run: nothing is known of them."""
    one.edit("test/a.test.js", "it('a works'", "it.only('a works'")
    one.run("mocha").ok()
    assert set(one.affected()) >= {"test/b.test.js", "test/c.test.js"}
    one.edit("test/a.test.js", "it.only", "it")
    one.ftrace("test", "--", "mocha").ok()
    assert one.affected() == []


def test_that_cannot_be_loaded(one):
    one.run("mocha").ok()
    one.edit("lib/c.js", "exports", "syntax error")
    assert one.affected() == ["test/c.test.js"]
    assert one.ftrace("test", "--", "mocha").code != 0
    assert "test/c.test.js" in one.affected()
    one.edit("lib/c.js", "syntax error", "exports")
    one.ftrace("test", "--", "mocha").ok()
    assert one.affected() == []


@pytest.mark.parametrize("words", [
    ["mocha", "-g", "works"], ["mocha", "--dry-run"]])
def test_a_choice_among_tests_is_one_unit(one, words):
    one.run(*words).ok()
    assert set(one.units()) == {" ".join(words)}


def test_a_mocha_that_a_test_starts(one):
    """It is the test's, and none of the run's own."""
    one.write("other/x.js", "it('x', () => {});\n")
    one.write("test/starts.test.js", """\
        const { execFileSync } = require('child_process');
        it('starts', () => execFileSync('mocha', ['other'])).timeout(60000);
        """)
    one.run("mocha").ok()
    assert "other/x.js" not in one.units()
    assert affected_by(one, "other/x.js") == ["test/starts.test.js"]


def test_options_of_the_user(one):
    one.write("first.js", "global.first = 1;\n")
    one.write("test/first.test.js", """\
        it('has them', () => {
            if (global.first !== 1 || !process.env.NODE_OPTIONS.startsWith(
                '--require')) throw new Error(process.env.NODE_OPTIONS);
        });
        """)
    for name in ("a", "b", "c"):
        (one.root / ("test/%s.test.js" % name)).unlink()
    one.run("mocha", env={"NODE_OPTIONS": "--require ./first.js"}).ok()
    assert affected_by(one, "first.js") == ["test/first.test.js"]
