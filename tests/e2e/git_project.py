# SPDX-License-Identifier: MIT
"""A project in a git repository, for the tests of what ftrace asks git."""

from helpers import call

SUITE = {
    "pkg____init__": "",
    "pkg__one": "SIZE = 1\ndef one():\n    return SIZE\n",
    "pkg__two": """\
        from pkg import one
        def two():
            return one.one() + 1
        def three():
            return 3
        """,
    "tests__test_one": """\
        from pkg import one
        def test_one():
            assert one.one()
        def test_size():
            assert one.SIZE
        """,
    "tests__test_two": """\
        from pkg import two
        def test_two():
            assert two.two()
        def test_three():
            assert two.three()
        """,
    "tests__test_data": """\
        import os
        HERE = os.path.dirname(os.path.dirname(__file__))
        def test_data():
            assert open(os.path.join(HERE, "data", "x.txt")).read()
        def test_optional():
            assert os.path.exists(os.path.join(HERE, "data")) or True
            os.path.exists(os.path.join(HERE, "data", "more.txt"))
        def test_listed():
            assert os.listdir(os.path.join(HERE, "data"))
        def test_ignored():
            path = os.path.join(HERE, "out", "made.txt")
            assert not os.path.exists(path) or open(path).read()
        """,
}
IDENTITY = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(project, *args, code=0, **more):
    result = call(["git", *args], more.pop("cwd", project.root),
                  project.environment(dict(IDENTITY, **more.pop("env", {}))),
                  **more)
    assert result.code == code, result
    return result


def commit(project, message="more"):
    git(project, "add", "-A")
    git(project, "commit", "-qm", message, "--no-verify")


def make(project):
    project.files(**SUITE)
    project.write("data/x.txt", "x\n")
    project.write(".gitignore", "/out/\n__pycache__/\n.pytest_cache/\n")
    project.env["PYTHONPATH"] = "."
    git(project, "init", "-q", "-b", "main")
    commit(project, "first")
    return project
