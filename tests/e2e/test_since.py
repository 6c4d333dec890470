# SPDX-License-Identifier: MIT
"""`--since` and `--staged`: the changed set from git.

Whatever the state that was recorded, everybody has to be selected who can
tell git's two sides apart.
"""

import os
import shutil

import pytest

from git_project import commit, git, make
from helpers import FTRACE, Project

# The whole of the suite, as pytest names it.
ONE = ["tests/test_one.py::test_one", "tests/test_one.py::test_size"]
TWO = ["tests/test_two.py::test_three", "tests/test_two.py::test_two"]


def record(repo):
    repo.pytest("-q", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A recorded project and a copy to put in its place for each test."""
    folder = tmp_path_factory.mktemp("since")
    project = Project(folder / "project")
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    record(make(project))
    shutil.copytree(project.root, folder / "kept", symlinks=True)
    return project, folder / "kept"


@pytest.fixture
def repo(template):
    """Recorded at its first commit."""
    project, kept = template
    shutil.rmtree(project.root)
    shutil.copytree(kept, project.root, symlinks=True)
    return project


def remove(*names):
    return lambda repo: [(repo.root / name).unlink() for name in names]


def edit(*change):
    return lambda repo: repo.edit(*change)


def write(name, text):
    return lambda repo: repo.write(name, text)


def move(old, new):
    def do(repo):
        target = repo.root / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (repo.root / old).rename(target)
    return do


EDITS = {
    "body": edit("pkg/one.py", "return SIZE", "return int(SIZE)"),
    "constant": edit("pkg/one.py", "SIZE = 1", "SIZE = 2"),
    "other body": edit("pkg/two.py", "return 3", "return int(3)"),
    "comment": edit("pkg/two.py", "return 3", "return 3  # three"),
    "statement": edit("pkg/one.py"),
    "new name": write("pkg/two.py", """\
        from pkg import one
        def two():
            return one.one() + 1
        def three():
            return 3
        def four():
            return 4
        """),
    "data": write("data/x.txt", "other\n"),
    "looked for": write("data/more.txt", "more\n"),
    "listed": write("data/new.txt", "new\n"),
    "folder listed": write("data/deep/er/x.txt", "new\n"),
    "unknown": write("doc/readme.txt", "new\n"),
    "executable": lambda repo: os.chmod(repo.root / "data/x.txt", 0o755),
    "removed data": remove("data/x.txt"),
    "renamed": move("data/x.txt", "data/y.txt"),
    "moved folder": move("data/x.txt", "other/x.txt"),
    "link": lambda repo: (
        (repo.root / "data/x.txt").rename(repo.root / "data/z.txt"),
        (repo.root / "data/x.txt").symlink_to("z.txt")),
    "shadow": write("pkg/one/__init__.py", "SIZE = 1\n"),
    "test": edit("tests/test_one.py", "assert one.SIZE",
                 "assert one.SIZE > 0"),
    "new test": edit("tests/test_one.py", "def test_one():",
                     "def test_new():\n    pass\ndef test_one():"),
    "settings": write("pyproject.toml",
                      "[tool.pytest.ini_options]\nminversion = '1'\n"),
    "broken": write("pkg/two.py", "def two(:\n"),
    "removed module": remove("pkg/one.py"),
}


@pytest.mark.parametrize("name", EDITS)
def test_recorded_at_the_revision(repo, name):
    """The answer is the one that needs no git."""
    assert repo.affected("--since", "HEAD") == []
    EDITS[name](repo)
    plain = repo.affected()
    units = repo.affected("--tests")
    assert repo.affected("--since", "HEAD") == plain
    assert repo.affected("--tests", "--since", "HEAD") == units
    git(repo, "add", "-A")
    assert sorted(repo.affected("--tests", "--staged")) == units
    assert repo.affected("--since", "HEAD") == plain
    commit(repo)
    assert repo.affected("--since", "HEAD~1") == plain
    assert repo.affected() == plain
    assert repo.affected("--staged") == []


@pytest.mark.parametrize("name", EDITS)
def test_recorded_after_the_edit(repo, name):
    """What the edit selected is selected, though nothing differs any more."""
    EDITS[name](repo)
    units = set(repo.affected("--tests"))
    record(repo)
    known = set(repo.units())
    assert set(repo.affected("--tests", "--since", "HEAD")) >= units & known
    if name in ("body", "other body", "comment", "data", "unknown",
                "new name"):
        assert set(repo.affected("--tests", "--since", "HEAD")) == units
    git(repo, "add", "-A")
    assert set(repo.affected("--tests", "--staged")) >= units & known
    commit(repo)
    assert set(repo.affected("--tests", "--since", "HEAD~1")) >= units & known


def test_recorded_between_edits(repo):
    """One edit is older than the record, one newer."""
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    record(repo)
    repo.write("data/x.txt", "other\n")
    assert repo.affected() == ["tests/test_data.py::test_data"]
    assert repo.affected("--since", "HEAD") == [
        "tests/test_data.py::test_data", "tests/test_two.py::test_three"]
    git(repo, "add", "data")
    assert "tests/test_data.py::test_data" in repo.affected("--staged")
    git(repo, "add", "pkg")
    assert repo.affected("--staged") == [
        "tests/test_data.py::test_data", "tests/test_two.py::test_three"]
    commit(repo)
    assert repo.affected("--since", "HEAD") == []
    assert repo.affected("--since", "HEAD~1") == [
        "tests/test_data.py::test_data", "tests/test_two.py::test_three"]


def test_recorded_long_before(repo):
    """What a record older than the revision tells is not to be relied on.

    Not of those who depend on what has changed since it was made.
    """
    repo.edit("pkg/two.py", "return one.one() + 1", "return 2")
    commit(repo)
    assert repo.affected("--since", "HEAD") == []
    repo.write("data/x.txt", "other\n")
    assert repo.affected("--since", "HEAD") == [
        "tests/test_data.py::test_data", "tests/test_two.py::test_two"]


def test_a_revert(repo):
    """To the revision again: nothing differs, and the map remembers."""
    before = (repo.root / "data/x.txt").read_bytes()
    repo.write("data/x.txt", "other\n")
    record(repo)
    repo.write("data/x.txt", before)
    assert repo.affected("--since", "HEAD") == []
    assert repo.affected() == []


def test_what_git_does_not_know(repo):
    """Neither what it ignores nor what lies elsewhere."""
    repo.write("out/made.txt", "made\n")
    assert repo.affected() == ["tests/test_data.py::test_ignored"]
    assert repo.affected("--since", "HEAD") == []
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    assert repo.affected("--since", "HEAD") == [
        "tests/test_two.py::test_three"]


def test_policy_stays(repo):
    """What failed last time is selected, whatever has changed."""
    repo.edit("tests/test_one.py", "assert one.SIZE", "assert not one.SIZE")
    commit(repo)
    record(repo)
    assert repo.affected("--since", "HEAD") == ["tests/test_one.py::test_size"]
    assert repo.affected("--staged") == ["tests/test_one.py::test_size"]


def test_staged_and_edited_again(repo):
    """What is staged counts, and what is run is told."""
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    git(repo, "add", "-A")
    repo.edit("pkg/two.py", "return int(3)", "return 3")
    repo.edit("pkg/one.py", "return SIZE", "return int(SIZE)")
    answer = repo.ftrace("affected", "--staged").ok()
    assert answer.out.split() == ["tests/test_two.py::test_three"]
    assert ("pkg/two.py is staged and edited again; the tests see the "
            "edited files, not the staged ones") in answer.err
    # Recorded with the edit that is not staged, which neither side has.
    record(repo)
    assert set(repo.affected("--staged")) == {
        "tests/test_one.py::test_one", *TWO}


@pytest.mark.parametrize("staged, now", [
    ("def test_a():\n    pass\ndef test_b():\n    pass\n",
     "def test_a():\n    pass\n"),
    ("def test_a():\n    pass\n",
     "def test_a():\n    pass\ndef test_b():\n    pass\n"),
])
def test_staged_tests(repo, staged, now):
    """Ids that are only staged cannot be run; the file can."""
    repo.write("tests/test_more.py", "def test_a():\n    int()\n")
    commit(repo)
    record(repo)
    repo.write("tests/test_more.py", staged)
    git(repo, "add", "-A")
    repo.write("tests/test_more.py", now)
    assert repo.affected("--staged") == ["tests/test_more.py"]


def test_first_commit(project):
    """There is no revision to compare with."""
    make(project)
    record(project)
    git(project, "update-ref", "-d", "HEAD")
    assert set(project.affected("--staged", "--tests")) >= {*ONE, *TWO}
    result = project.ftrace("affected", "--since", "HEAD")
    assert (result.code, result.out) == (3, "")
    assert len(result.err.splitlines()) == 1


def test_submodule(repo, tmp_path):
    """Of a repository inside git only tells that it is another one."""
    other = tmp_path / "other"
    other.mkdir()
    git(repo, "init", "-q", "-b", "main", cwd=other)
    (other / "x.txt").write_text("x\n")
    git(repo, "add", "-A", cwd=other)
    git(repo, "commit", "-qm", "first", cwd=other)
    git(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q",
        str(other), "sub")
    repo.edit("tests/test_data.py", '"data", "more.txt"', '"sub", "x.txt"')
    commit(repo)
    repo.write("sub/x.txt", "y\n")
    record(repo)
    assert "tests/test_data.py::test_optional" in repo.affected(
        "--since", "HEAD")
    git(repo, "commit", "-qam", "second", cwd=repo.root / "sub")
    record(repo)
    assert "tests/test_data.py::test_optional" in repo.affected(
        "--since", "HEAD")


def test_root_below_the_top(repo):
    """Files of the repository that lie above the project count, too."""
    sub = repo.root / "sub"
    repo.write("sub/pyproject.toml", "[tool.pytest.ini_options]\n")
    repo.write("sub/test_up.py", """\
        import os
        HERE = os.path.dirname(os.path.dirname(__file__))
        def test_up():
            assert open(os.path.join(HERE, "data", "x.txt")).read()
        """)
    commit(repo)
    run = ("run", "--root", ".", "--", repo.python, "-m", "pytest", "-q",
           "--rootdir=.", "-p", "no:cacheprovider")
    repo.ftrace(*run, cwd=sub).ok()
    assert repo.affected("--since", "HEAD", cwd=sub) == []
    repo.write("data/x.txt", "other\n")
    repo.ftrace(*run, cwd=sub).ok()
    assert repo.affected("--since", "HEAD", cwd=sub) == [
        "test_up.py::test_up"]


def test_awkward_names(repo):
    names = ["data/ü x.txt", "data/-q", "data/a\nb", "data/:(top)", "data/*"]
    text = "import os\nHERE = os.path.dirname(os.path.dirname(__file__))\n"
    for i, name in enumerate(names):
        repo.write(name, "x")
        text += "def test_%d():\n    open(os.path.join(HERE, %r)).read()\n" % (
            i, name)
    repo.write("tests/test_names.py", text)
    commit(repo)
    for i, name in enumerate(names):
        repo.write(name, "y")
        record(repo)
        assert repo.affected("--since", "HEAD") == [
            "tests/test_names.py::test_%d" % i]
        commit(repo)


def test_line_break_in_the_path_of_the_project(tmp_path):
    repo = Project(tmp_path / "two\nlines")
    repo.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    make(repo)
    record(repo)
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    assert repo.affected("--since", "HEAD") == TWO[:1]
    git(repo, "add", "-A")
    assert repo.affected("--staged") == TWO[:1]


@pytest.mark.parametrize("args, code", [
    (("--since", "nope"), 3),
    (("--since", "-q"), 3),
    (("--since", ""), 3),
    (("--since", "HEAD:data"), 3),
    (("--since", "HEAD", "--staged"), 2),
    (("--staged", "--untested"), 2),
])
def test_bad_revision(repo, args, code):
    result = repo.ftrace("affected", *args)
    assert (result.code, result.out) == (code, "")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("case", ["none", "no git", "ignored"])
def test_no_answer_of_git(project, tmp_path, case):
    if case == "ignored":
        git(project, "init", "-q", cwd=tmp_path)
        (tmp_path / ".gitignore").write_text("project/\n")
    project.write("test_a.py", "def test_a():\n    pass\n")
    record(project)
    env = {"PATH": "/nonexistent"} if case == "no git" else None
    for option in (("--since", "HEAD"), ("--staged",)):
        result = project.ftrace("affected", *option, env=env)
        assert (result.code, result.out) == (3, "")
        assert len(result.err.splitlines()) == 1
    result = project.ftrace("test", "--staged", "--", "/bin/echo", env=env)
    assert (result.code, result.out) == (125, "")


def run_test(repo, *options, code=0):
    result = repo.ftrace("test", *options, "--", repo.python, "-m", "pytest",
                         "-v", "-p", "no:cacheprovider")
    assert result.code == code, result
    return result


def test_run(repo):
    """`ftrace test` takes its changed set from git, too."""
    nothing = run_test(repo, "--since", "HEAD")
    assert "nothing affected: 8 tests not run" in nothing.err
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    for _ in range(2):
        again = run_test(repo, "--since", "HEAD")
        assert repo.ran(again) == ["tests/test_two.py::test_three"]
    assert "nothing affected" in run_test(repo).err
    assert "nothing affected" in run_test(repo, "--staged").err
    git(repo, "add", "-A")
    assert repo.ran(run_test(repo, "--staged")) == [
        "tests/test_two.py::test_three"]
    repo.edit("pyproject.toml", "[tool.pytest.ini_options]\n",
              "[tool.pytest.ini_options]\nminversion = '1'\n")
    assert "all are run" in run_test(repo, "--since", "HEAD").err
    # It has been seen: what tests there are is known.
    assert "8 of 8 tests affected" in run_test(repo, "--since", "HEAD").err
    bad = repo.ftrace("test", "--since", "nope", "--", "true")
    assert bad.code == 125 and "'nope'" in bad.err


def test_index_of_a_hook(repo):
    """`git commit FILE` commits another index than the repository's."""
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    repo.write("data/x.txt", "other\n")
    git(repo, "add", "data")
    hook = repo.write(".git/hooks/pre-commit",
                      "#!/bin/sh\nexec ftrace affected --staged -q\n")
    hook.chmod(0o755)
    result = git(repo, "commit", "-qm", "two", "pkg/two.py", env={
        "PATH": os.path.dirname(FTRACE) + ":" + os.environ["PATH"]})
    assert (result.out + result.err).split() == [
        "tests/test_two.py::test_three"]


def test_nothing_is_learnt_of_what_git_does_not_know(repo):
    """A test that failed for want of an ignored file is not flaky."""
    repo.edit("tests/test_data.py", "assert not os.path.exists(path) or ",
              "assert ")
    commit(repo)
    run_test(repo, code=1)
    repo.write("out/made.txt", "made\n")
    run_test(repo, "--since", "HEAD")
    assert repo.ftrace("flaky", "list").ok().out == ""
    bad = repo.ftrace("test", "--full", "--staged", "--", "true")
    assert bad.code == 2


@pytest.mark.parametrize("recorded", ["before", "after"])
def test_smoke(repo, recorded):
    """Where git's set concerns nobody the smoke tests are run, and only there.

    The set is git's, wherever the map is.
    """
    repo.write("ftrace.json", '{"smoke": ["*::test_one"]}')
    commit(repo)
    record(repo)
    edit = ("pkg/two.py", "def three", "def four():\n    return 4\ndef three")
    if recorded == "before":
        repo.edit(*edit)
    else:
        repo.write("out/made.txt", "made\n")
    selected = repo.affected("--since", "HEAD")
    assert selected == (["tests/test_one.py::test_one"]
                        if recorded == "before" else [])
    if recorded == "after":
        repo.edit(*edit)
        record(repo)
        assert repo.affected("--since", "HEAD") == [
            "tests/test_one.py::test_one"]
