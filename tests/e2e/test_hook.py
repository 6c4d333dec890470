# SPDX-License-Identifier: MIT
"""`ftrace hook`: git's own hooks, which run what a commit can affect."""

import concurrent.futures
import json
import os
import shutil
import stat

import pytest

from git_project import commit, git, make

COMMAND = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
TOLD = "ftrace: the tests run on the work tree"


@pytest.fixture
def repo(project):
    make(project)
    return project


def hook(repo, *args, code=0, **more):
    result = repo.ftrace("hook", *args, **more)
    assert result.code == code, result
    return result


def install(repo, *args, **more):
    return hook(repo, "install", *args, "--", repo.python, *COMMAND, **more)


def status(repo, **more):
    return {each["name"]: each for each in json.loads(
        hook(repo, "status", "--json", **more).out)["hooks"]}


def commit_all(repo, code=0, **more):
    git(repo, "add", "-A")
    return git(repo, "commit", "-qm", "more", code=code, **more)


def script(repo, text, name="pre-commit", mode=0o755):
    path = repo.write(".git/hooks/" + name, "#!/bin/sh\n" + text)
    path.chmod(mode)
    return path


def test_commit(repo):
    """What is affected is run, and a failure stops the commit."""
    install(repo)
    repo.edit("pkg/two.py", "return 3", "return int(3)")
    first = commit_all(repo)
    assert "no complete run of this command is recorded yet; all" in first.err
    assert TOLD not in first.err
    repo.edit("pkg/two.py", "return int(3)", "return 0")
    refused = commit_all(repo, code=1)
    assert "ftrace: 1 of 8 tests affected" in refused.err
    assert git(repo, "log", "--oneline").out.count("\n") == 2
    repo.edit("pkg/two.py", "return 0", "return 40")
    commit_all(repo)
    repo.write("README", "nothing\n")
    assert "nothing affected" in commit_all(repo).err


def test_partly_staged(repo):
    """What is run is in the work tree, and told where it is not the index."""
    install(repo)
    commit_all(repo, code=1)  # nothing to commit
    repo.edit("pkg/two.py", "return 3", "return 0")
    git(repo, "add", "-A")
    repo.edit("pkg/two.py", "return 0", "return 40")
    result = git(repo, "commit", "-qm", "staged")
    assert TOLD in result.err and "passed" in result.out + result.err
    result = git(repo, "commit", "-qam", "all")
    assert TOLD not in result.err
    repo.edit("pkg/two.py", "return 40", "return 500")
    repo.edit("pkg/one.py", "return SIZE", "return int(SIZE)")
    result = git(repo, "commit", "-qm", "one", "pkg/one.py")
    assert TOLD in result.err


def test_push(repo, tmp_path):
    git(repo, "init", "-q", "--bare", str(tmp_path / "far"), cwd=tmp_path)
    git(repo, "remote", "add", "far", str(tmp_path / "far"))
    script(repo, "cat >seen.txt\necho \"$1\" >>seen.txt\n", "pre-push")
    (repo.root / ".git/info/exclude").write_text("seen.txt\n")
    install(repo, "pre-push")
    result = git(repo, "push", "-q", "far", "main")
    assert "no complete run" in result.err
    assert (repo.root / "seen.txt").read_text().split()[0::4] == [
        "refs/heads/main", "far"]
    repo.edit("pkg/two.py", "return 3", "return 0")
    commit(repo)
    git(repo, "push", "-q", "far", "main", code=1)
    git(repo, "push", "-q", "--no-verify", "far", "main")


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o644])
def test_hook_that_was_there(repo, mode):
    """It runs first, and its word counts; it is put back as it was."""
    path = script(repo, "echo first >>seen\nexit $(cat verdict)\n", mode=mode)
    os.utime(path, ns=(1, 10**18))
    before = (path.read_bytes(), os.stat(path))
    (repo.root / ".git/info/exclude").write_text("seen\nverdict\n")
    told = install(repo)
    assert "pre-commit.before-ftrace' runs first" in told.err
    kept = status(repo)["pre-commit"]
    assert kept["state"] == "installed" and kept["before"].endswith(
        "/pre-commit.before-ftrace")
    repo.write("verdict", "7")
    repo.write("README", "1")
    result = commit_all(repo, code=1 if mode & 0o100 else 0)
    assert (repo.root / "seen").exists() == bool(mode & 0o100)
    assert ("passed" in result.out + result.err) != bool(mode & 0o100)
    install(repo)  # once more, the same is kept
    hook(repo, "uninstall")
    assert path.read_bytes() == before[0]
    after = os.stat(path)
    assert (after.st_mode, after.st_ino, after.st_mtime_ns) == (
        before[1].st_mode, before[1].st_ino, before[1].st_mtime_ns)
    assert sorted(each.name for each in path.parent.iterdir()
                  if not each.name.endswith(".sample")) == ["pre-commit"]
    assert hook(repo, "uninstall", code=3).err.endswith(
        "is not ftrace's\n")


def test_uninstall(repo):
    assert "there is no" in hook(repo, "uninstall").err
    install(repo)
    hook(repo, "uninstall")
    assert not (repo.root / ".git/hooks/pre-commit").exists()
    assert status(repo)["pre-commit"]["state"] == "none"


def test_changed_by_hand(repo):
    install(repo)
    path = repo.root / ".git/hooks/pre-commit"
    text = path.read_text().replace("ftrace=ftrace",
                                    "echo mine; ftrace=ftrace")
    path.write_text(text)
    assert status(repo)["pre-commit"]["state"] == "changed"
    for verb in (("install", "--", "true"), ("uninstall",)):
        result = hook(repo, *verb, code=3)
        assert "--force" in result.err and path.read_text() == text
    install(repo, "--force")
    assert status(repo)["pre-commit"]["state"] == "installed"
    path.write_text(text)
    hook(repo, "uninstall", "--force")
    assert not path.exists()


def test_nothing_is_lost(repo):
    """Somebody has replaced ours, while what was there first is kept."""
    script(repo, "echo one\n")
    install(repo)
    second = script(repo, "echo two\n")
    assert "in the way" in install(repo, "--force", code=3).err
    assert "echo two" in second.read_text()
    hook(repo, "uninstall", code=3)
    second.unlink()
    hook(repo, "uninstall")
    assert "echo one" in second.read_text()


def test_tests_do_not_see_the_repository(repo):
    """git in a test works on the test's repository, not on the commit's."""
    repo.write("tests/test_git.py", """\
        import os, subprocess
        def test_git(tmp_path):
            assert not [name for name in os.environ if name in (
                "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")]
            subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
            (tmp_path / "x").write_text("x")
            subprocess.run(["git", "add", "x"], cwd=tmp_path, check=True)
        """)
    install(repo)
    commit_all(repo)
    repo.edit("tests/test_git.py")
    git(repo, "commit", "-qam", "all")
    assert git(repo, "ls-files", "x").out == ""


@pytest.mark.parametrize("where", [".githooks", "outside", "husky"])
def test_hooks_path(repo, tmp_path, where):
    """core.hooksPath: in the work tree, shared with others, another's own."""
    folder = {".githooks": repo.root / ".githooks",
              "outside": tmp_path / "shared",
              "husky": repo.root / ".husky/_"}[where]
    git(repo, "config", "core.hooksPath",
        str(folder) if where == "outside" else
        os.path.relpath(folder, repo.root))
    if where == "husky":
        repo.write(".husky/_/h", "")
        assert "hook run" in install(repo, code=3).err
        return
    if where == "outside":
        assert "--force" in install(repo, code=3).err
        assert not folder.exists()
        install(repo, "--force")
    else:
        install(repo, cwd=repo.root / "tests")
        hook(repo, "uninstall")
        install(repo)
    assert (folder / "pre-commit").exists()
    repo.write("README", "1")
    git(repo, "add", "README")
    assert "8 passed" in git(repo, "commit", "-qm", "1").err


def test_worktrees(repo, tmp_path):
    """One hook for all, a map for each; two commits at once."""
    commit_all(repo, code=1)
    install(repo)
    trees = [repo.root]
    for name in ("left", "right"):
        git(repo, "worktree", "add", "-q", str(tmp_path / name))
        trees.append(tmp_path / name)
    (tmp_path / "left/pkg/two.py").write_text("def two():\n    return 0\n")
    assert status(repo, cwd=tmp_path / "left") == status(repo)

    def change(tree):
        (tree / "data/x.txt").write_text("y\n")
        git(repo, "add", "-A", cwd=tree)
        return git(repo, "commit", "-qm", "y", cwd=tree,
                   code=tree.name == "left")

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        results = list(pool.map(change, trees))
    for tree, result in zip(trees, results):
        assert "no complete run" in result.err
        assert (tree / ".ftrace/map.db").exists()


def test_two_commits_at_once(repo):
    """In one work tree git lets one of them through; the map is whole."""
    install(repo)
    repo.write("README", "1")
    commit_all(repo)
    repo.write("data/x.txt", "y\n")
    git(repo, "add", "-A")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda n: repo.sh(
            "git", "commit", "-qm", str(n), env={
                "GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A",
                "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_EMAIL": "a"}),
            range(2)))
    assert sorted(each.code == 0 for each in results)[1]
    assert repo.affected() == []
    assert len(repo.units()) == 8
    assert not list((repo.root / ".ftrace").glob("session*"))


def test_project_below_the_top(repo):
    repo.write("sub/pyproject.toml", "[tool.pytest.ini_options]\n")
    repo.write("sub/test_s.py", "def test_s():\n    pass\n")
    install(repo, cwd=repo.root / "sub")
    assert "1 passed" in commit_all(repo).err
    git(repo, "checkout", "-q", "-b", "old", "HEAD~1")
    shutil.rmtree(repo.root / "sub")
    repo.write("README", "1")
    assert "there is no 'sub/' here" in commit_all(repo).err


def test_checks(repo):
    """ftrace.json is looked at when the hook runs."""
    assert "no command given" in hook(repo, "install", code=2).err
    repo.write("ftrace.json", '{"checks": {"a": {"command": "true"}}}')
    hook(repo, "install")
    assert status(repo)["pre-commit"]["command"] == ""
    repo.write("data/bad.txt", "bad\n")
    repo.write("ftrace.json", """{"checks": {
        "data": {"command": "! grep -r bad data", "profiles": ["pre-commit"]},
        "long": {"command": "echo long >>out/long", "profiles": ["ci"]}}}""")
    assert "data" in commit_all(repo, code=1).err
    repo.write("data/bad.txt", "good\n")
    commit_all(repo)
    assert not (repo.root / "out/long").exists()
    repo.write("README", "unseen\n")
    commit_all(repo)
    # No check names the profile: those that are in all of them.
    repo.write("ftrace.json", """{"checks": {
        "data": {"command": "! grep -r bad data"},
        "long": {"command": "echo long >>out/long", "profiles": ["ci"]}}}""")
    commit_all(repo)
    repo.write("data/bad.txt", "bad\n")
    assert "data" in commit_all(repo, code=1).err
    assert not (repo.root / "out/long").exists()
    repo.write("ftrace.json", """{"checks": {
        "long": {"command": "echo long >>out/long", "profiles": ["ci"]}}}""")
    assert "nothing is tested" in commit_all(repo).err
    repo.write("ftrace.json", "{}")
    assert "nothing is tested" in commit_all(repo).err
    repo.write("ftrace.json", "{,}")
    assert "ftrace.json:1:" in commit_all(repo, code=1).err
    # A command that need not be said at each place.
    repo.write("ftrace.json", '{"test": "! grep -r bad data"}')
    assert "data/bad.txt:bad" in commit_all(repo, code=1).err
    repo.write("data/bad.txt", "good\n")
    commit_all(repo)


@pytest.mark.parametrize("args", [
    (), ("remove",), ("install", "post-commit", "--", "true"), ("install",),
    ("status", "pre-commit", "more"), ("uninstall", "--", "true")])
def test_wrong_arguments(repo, args):
    result = hook(repo, *args, code=2)
    assert (result.out, len(result.err.splitlines())) == ("", 1)


def test_no_work_tree(project, tmp_path):
    git(project, "init", "-q", "--bare", str(tmp_path / "bare"), cwd=tmp_path)
    for folder in (project.root, tmp_path / "bare"):
        for args in (("install", "--", "true"), ("status",), ("uninstall",)):
            result = hook(project, *args, code=3, cwd=folder)
            assert len(result.err.splitlines()) == 1


def test_words_of_the_command(repo):
    """They come as they were given, whatever is in them."""
    words = ["a b", "it's", "$HOME", "`x`", "", "-q", "\\", "ü", "*"]
    repo.write("show.py", "import sys, json\n"
               "json.dump(sys.argv[1:], open('out/seen', 'w'))\n")
    (repo.root / "out").mkdir()
    hook(repo, "install", "--", repo.python, "show.py", *words)
    assert os.stat(repo.root / ".git/hooks/pre-commit").st_mode & stat.S_IXUSR
    commit_all(repo)
    assert json.loads((repo.root / "out/seen").read_text()) == words


def test_run_by_others(repo):
    """For hooks that another program manages."""
    result = hook(repo, "run", "pre-push", "--", repo.python, *COMMAND)
    assert "8 passed" in result.out
