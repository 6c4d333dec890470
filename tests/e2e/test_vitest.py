# SPDX-License-Identifier: MIT
"""vitest's files of tests as units: modules come by messages."""

import pytest

import javascript
import node_packages
from javascript import affected_by

RAN = r"test/(\w)\.test\.ts"
FILES = ["test/a.test.ts", "test/b.test.ts", "test/c.test.ts"]


@pytest.fixture(params=["vitest@3", "vitest@4"])
def sample(project, request):
    node_packages.use(project, request.param)
    project.write("package.json", """\
        {"name": "sample", "type": "module",
         "scripts": {"test": "vitest run"}}
        """)
    project.write("vitest.config.ts",
                  "export default { test: { setupFiles: ['./setup.ts'] } };\n")
    project.write("setup.ts", "import './lib/deep';\n")
    project.write("lib/deep.ts", "export {};\n")
    project.write("lib/a.ts", "import { b } from './b';\n"
                  "export const a = (): number => b() + 1;\n")
    project.write("lib/b.ts", "export const b = () => 1;\n")
    project.write("lib/c.ts", """\
        import fs from 'fs';
        export const c = () => fs.readFileSync('data/c.txt', 'utf8');
        """)
    project.write("data/c.txt", "3")
    for name, value in (("a", "2"), ("b", "1"), ("c", "'3'")):
        project.write("test/%s.test.ts" % name, """\
            import { expect, it } from 'vitest';
            import { %s } from '../lib/%s';
            it('works', () => expect(%s()).toBe(%s));
            it('sees nothing', () => expect(%s).toBe(''));
            """ % (name, name, name, value, javascript.HIDDEN))
    return project


def test_units(sample):
    plain = sample.sh("vitest", "run").ok()
    recorded = sample.run("vitest", "run").ok()
    assert javascript.timeless(recorded.out) == javascript.timeless(plain.out)
    assert sample.units() == dict.fromkeys(FILES, "passed")
    assert sample.affected() == []
    a, b, c = FILES
    assert affected_by(sample, "lib/a.ts", "+ 1", "+ 2") == [a]
    assert affected_by(sample, "lib/b.ts", "1", "2") == [a, b]
    assert affected_by(sample, "data/c.txt") == [c]
    for file in FILES:
        assert affected_by(sample, file, "works", "does") == [file]
    for name in ("vitest.config.ts", "setup.ts", "lib/deep.ts"):
        assert affected_by(sample, name) == FILES, name
    assert affected_by(sample, "package.json", "sample", "simple") == FILES


def test_what_is_affected_runs(sample):
    def chosen(code=0):
        result = sample.ftrace("test", "--", "npm", "test")
        assert result.code == code, result
        text = javascript.timeless(result.out)
        return sorted({line.split("test/")[1][0] for line in text
                       if "test/" in line and ".test.ts" in line})

    sample.run("npm", "test").ok()
    sample.edit("lib/b.ts", "1", "2")
    assert chosen(code=1) == ["a", "b"]
    assert sample.units()[FILES[1]] == "failed"
    sample.edit("lib/b.ts", "2", "1")
    assert chosen() == []
    assert sample.affected() == []
    new = sample.write("test/n.test.ts",
                       "import { it } from 'vitest';\nit('n', () => {});\n")
    assert "test/n.test.ts" in sample.affected()
    assert "n" in chosen()
    new.unlink()
    chosen()
    assert sample.affected() == []
    assert [name for name in sorted(sample.units())
            if name.endswith(".ts")] == FILES


def test_a_process_for_several_files(sample):
    """What another one has had loaded there is asked for no more."""
    sample.run("vitest", "run", "--no-isolate", "--maxWorkers=1").ok()
    assert set(affected_by(sample, "lib/b.ts", "1", "2")) >= set(FILES[:2])


def test_threads_are_one_unit(sample):
    result = sample.run("vitest", "run", "--pool", "threads").ok()
    assert set(sample.units()) == {"vitest run --pool threads"}
    assert "the whole command is one unit" in result.err
