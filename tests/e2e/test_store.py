# SPDX-License-Identifier: MIT
"""Maps that are published, and taken by whoever begins."""

import concurrent.futures
import json
import os
import shutil

import git_project
import pytest
from git_project import git
from helpers import Project, warm_test
from stores import Failing, servers


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    with servers(tmp_path_factory.mktemp("stores")) as found:
        yield found


@pytest.fixture
def failing():
    server = Failing()
    yield server
    server.shutdown()


class Team:
    """A repository, and clones of it that come and go at one place."""

    def __init__(self, folder, make=None):
        self.folder = folder
        self.here = Project(folder / "project")
        self.store = str(folder / "store")
        if make:
            make(self.here)
        else:
            self.here.write("data.txt", "one\n")
            self.here.write("other.txt", "one\n")
            git(self.here, "init", "-q", "-b", "main")
            git_project.commit(self.here)
        # Variables of the tests name it.
        git(self.here, "clone", "-q", "--bare", ".", "../origin.git")
        git(self.here, "remote", "add", "origin", "../origin.git")
        self.here.env.update(git_project.IDENTITY)

    def record(self):
        """Two units, each of which reads a file."""
        for name in ("data", "other"):
            self.here.ftrace("run", "-n", name, "--", "cat",
                             name + ".txt").ok()

    def commit(self, name=None):
        if name:
            self.here.edit(name)
        git_project.commit(self.here)
        git(self.here, "push", "-q", "origin", "HEAD")

    def push(self, *more, **options):
        return self.here.ftrace("push", "--store", self.store, *more,
                                **options)

    def pull(self, *more, **options):
        return self.here.ftrace("pull", "--store", self.store, *more,
                                **options)

    def clone(self, *more):
        """A fresh one, where the other was."""
        shutil.rmtree(self.here.root)
        git(self.here, "clone", "-q", *more, "origin.git", "project",
            cwd=self.folder)
        return self

    def stale(self):
        """Whose inputs have changed."""
        units = self.here.json("status")["units"]
        changed = {each["path"]
                   for each in self.here.json("changed")["files"]}
        return sorted(unit["id"] for unit in units
                      if unit["id"] + ".txt" in changed)


@pytest.fixture
def team(tmp_path):
    made = Team(tmp_path)
    made.record()
    return made


def python_project(project):
    # By this it is known to have an interpreter.
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    git_project.make(project)


@pytest.mark.parametrize("store", ["folder", "git:origin"])
@pytest.mark.smoke
def test_a_fresh_clone_runs_nothing(tmp_path, store):
    team = Team(tmp_path, python_project)
    team.store = team.store if store == "folder" else store
    assert "8 passed" in warm_test(team.here).out
    assert "8 units" in team.push().ok().err
    before = git(team.here, "count-objects").out
    team.push().ok()
    assert git(team.here, "count-objects").out == before
    assert "ftrace" not in git(team.here, "for-each-ref").out
    team.clone()
    result = team.pull().ok()
    assert "ftrace: pulled main's map of this commit: 8 units" in result.err
    assert "another environment" not in result.err
    assert "ftrace" not in git(team.here, "for-each-ref").out
    assert "nothing affected" in warm_test(team.here).err
    with team.here.edited("pkg/two.py", "return 3", "return 4"):
        assert team.here.affected_units() == ["tests/test_two.py::test_three"]
    assert os.listdir(team.here.root / ".ftrace").count("map.db") == 1
    assert not [name for name in os.listdir(team.here.root / ".ftrace")
                if name.startswith("package-")]


def test_the_nearest_ancestor(team):
    team.push().ok()
    team.commit("data.txt")
    team.record()
    team.push().ok()
    team.commit("other.txt")
    git(team.here, "checkout", "-q", "-b", "mine")
    team.here.write("third.txt", "")
    git_project.commit(team.here)
    team.here.ftrace("clear").ok()
    result = team.pull().ok()
    assert "pulled main's map of 2 commits ago: 2 units" in result.err
    assert team.stale() == ["other"]


def test_nothing_of_the_map_here_is_lost(tmp_path):
    """Of either's results the one counts that fits."""
    team = Team(tmp_path, python_project)
    warm_test(team.here)
    team.push().ok()
    team.here.ftrace("clear").ok()
    team.here.edit("pkg/two.py", "return 3", "return 4")
    team.commit()
    assert "8 passed" in warm_test(team.here).out
    result = team.pull().ok()
    assert "pulled main's map of 1 commit ago" in result.err
    assert "0 new units and 1 result more of others" in result.err
    assert "nothing affected" in warm_test(team.here).err
    git(team.here, "checkout", "-q", "HEAD^")
    assert "nothing affected" in warm_test(team.here).err
    git(team.here, "checkout", "-q", "main")
    assert "nothing affected" in warm_test(team.here).err
    # What is here already is not fetched again.
    git(team.here, "checkout", "-q", "HEAD^")
    assert "is here already" in team.pull().ok().err


def test_another_environment_and_other_commits(team):
    """What fits comes first, be it no ancestor's; then the others."""
    team.push().ok()
    team.here.write("uv.lock", "1\n")
    team.commit()
    team.here.ftrace("clear").ok()
    result = team.pull().ok()
    assert "main's map of 1 commit ago" in result.err
    assert "another environment" in result.err
    assert "uv.lock: " in result.err and "none there" in result.err
    answer = team.here.json("fingerprint")
    assert answer["parts"]["uv.lock"] and len(answer["print"]) == 16
    git(team.here, "checkout", "-q", "-b", "side")
    team.here.edit("data.txt")
    git_project.commit(team.here)
    team.record()
    team.push().ok()
    git(team.here, "checkout", "-q", "main")
    team.here.ftrace("clear").ok()
    result = team.pull().ok()
    assert "side's map of" in result.err
    assert "which is no ancestor of what is checked out" in result.err
    assert team.stale() == ["data"]


def test_a_shallow_clone(team):
    team.push().ok()
    team.commit("data.txt")
    team.clone("--depth=1", "--no-local")
    assert "main's map of" in team.pull().ok().err
    shutil.rmtree(team.store)
    team.here.ftrace("clear").ok()
    result = team.pull()
    assert result.code == 1 and "git fetch --deepen=200" in result.err


def test_nothing_to_take_and_nothing_to_publish(team, tmp_path):
    team.here.ftrace("clear").ok()
    result = team.pull()
    assert result.code == 1 and "has no package for this project" in result.err
    assert not os.path.exists(team.store)
    result = team.push()
    assert result.code == 3 and "no test or command" in result.err
    result = team.here.ftrace("pull")
    assert result.code == 3 and "no store is named" in result.err
    result = team.here.ftrace("push", "--keep", "x", "--store", team.store)
    assert result.code == 2
    none = Project(tmp_path / "none")
    none.write("a.txt")
    none.env["GIT_CEILING_DIRECTORIES"] = str(tmp_path)
    none.run("cat", "a.txt").ok()
    result = none.ftrace("push", "--store", team.store)
    assert result.code == 3 and "git" in result.err


def test_where_the_store_is_named(team):
    team.here.write("ftrace.json", json.dumps({"store": "../named"}))
    team.here.ftrace("push").ok()
    assert os.listdir(team.folder / "named")
    team.here.ftrace("push", env={"FTRACE_STORE": "../meant"}).ok()
    assert os.listdir(team.folder / "meant")
    assert "removed 1 package" in team.here.ftrace("clear", "--store").ok().err
    assert not os.listdir(team.folder / "named")
    assert team.stale() == []


@pytest.mark.parametrize("url", [
    "https://user:s3cr3t@example.org/maps",
    "git:https://user:s3cr3t@example.org/x.git",
    "https://example.org/maps?sig=s3cr3t", "s3://bucket?secret=s3cr3t"])
def test_no_secret_stands_in_a_url(team, url):
    team.here.write("ftrace.json", json.dumps({"store": url}))
    for verb in ("push", "pull"):
        if verb == "pull":
            team.here.ftrace("clear")
        result = team.here.ftrace(verb)
        assert result.code == 3
        assert "s3cr3t" not in result.err + result.out
        assert "belong" in result.err


def test_a_password_in_ftrace_json_is_pointed_at(team):
    team.here.write("ftrace.json", '{\n"store": "http://u:s3cr3t@h/x"}')
    result = team.here.ftrace("test", "--", "cat", "data.txt")
    assert "ftrace.json:2:10: 'store' has a password in it" in result.err
    assert "s3cr3t" not in result.err


def test_a_broken_package_is_refused_and_the_next_one_taken(team):
    team.push().ok()
    team.commit("data.txt")
    team.record()
    team.push().ok()
    newest, = [name for name in os.listdir(team.store) if name.startswith(
        git(team.here, "rev-parse", "HEAD").out.strip())]
    path = os.path.join(team.store, newest)
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 2)
        file.write(b"rubbish")
    team.here.ftrace("clear").ok()
    result = team.pull().ok()
    assert "is refused: " in result.err
    assert "map of 1 commit ago" in result.err
    assert team.stale() == ["data"]


def test_what_share_names(team):
    share = {"share": [".cache/tool", "linked/tool", "gone"]}
    team.here.write("ftrace.json", json.dumps(share))
    team.here.write(".gitignore", ".cache/\nlinked\n.hidden\n")
    team.here.write(".cache/tool/deep/file", "cached")
    team.here.write(".cache/other", "not shared")
    team.here.write("linked/tool/file", "cached")
    team.commit()
    team.push().ok()
    team.clone()
    outside = team.folder / "outside"
    outside.mkdir()
    (team.here.root / "linked").symlink_to(outside)
    result = team.pull().ok()
    assert (team.here.root / ".cache/tool/deep/file").read_text() == "cached"
    assert not (team.here.root / ".cache/other").exists()
    assert "'linked/tool' of the package is left out" in result.err
    assert not os.listdir(outside)
    # What is there stays.
    team.here.ftrace("clear").ok()
    (team.here.root / ".cache/tool/deep/file").write_text("mine")
    team.pull().ok()
    assert (team.here.root / ".cache/tool/deep/file").read_text() == "mine"
    team.here.write("ftrace.json", json.dumps({"share": [".f", ".ftraced"]}))
    team.push().ok()
    for path in ("../x", "/etc", ".git/hooks", ".ftrace", "a/../..", "."):
        team.here.write("ftrace.json", json.dumps({"share": [path]}))
        result = team.push()
        assert result.code == 3 and "'share' has paths" in result.err, path


def test_several_projects_of_one_repository(team):
    """A commit has a package of each."""
    for name in ("one", "two"):
        team.here.write(name + "/data.txt", name)
        team.here.write(name + "/ftrace.json", "{}")
    team.commit()
    shutil.rmtree(team.here.root / ".ftrace")
    for name in ("one", "two"):
        root = ("--root", str(team.here.root / name))
        team.here.ftrace("run", *root, "-n", name, "--", "cat",
                         name + "/data.txt").ok()
        team.here.ftrace("push", *root, "--store", team.store).ok()
        team.here.ftrace("clear", *root).ok()
    assert len(os.listdir(team.store)) == 2
    for name in ("one", "two"):
        root = ("--root", str(team.here.root / name))
        team.here.ftrace("pull", *root, "--store", team.store).ok()
        units = team.here.json("status", *root)["units"]
        assert [unit["id"] for unit in units] == [name]
    os.unlink(os.path.join(team.store, sorted(
        os.listdir(team.store))[0]))
    left = []
    for name in ("one", "two"):
        root = ("--root", str(team.here.root / name))
        team.here.ftrace("clear", *root).ok()
        result = team.here.ftrace("pull", *root, "--store", team.store)
        left.append(result.code)
        if result.code:
            assert "of another project in this repository" in result.err
    assert sorted(left) == [0, 1]


def test_git_keeps_the_newest_and_takes_two_at_once(team):
    team.store = "git:origin"
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: team.push(), range(4)):
            result.ok()
    team.commit("data.txt")
    team.record()
    team.push().ok()
    team.here.write("third.txt", "")
    team.commit()
    assert "removed" in team.push("--keep", "2").ok().err
    refs = git(team.here, "ls-remote", "origin", "refs/ftrace/*").out
    assert len(refs.splitlines()) == 2
    assert "ftrace" not in git(team.here, "for-each-ref").out
    result = team.here.ftrace("push", "--store", "git:nowhere")
    assert result.code == 3 and "store 'git:nowhere': " in result.err


@pytest.mark.parametrize("kind", ["lists", "plain", "secret", "s3"])
def test_real_servers(team, real, kind):
    name = "S3_STORE" if kind == "s3" else "HTTP_STORE"
    if name not in real:
        pytest.skip(real["missing"])
    team.store = real[name] if kind == "s3" else "%s/%s/%d" % (
        real[name], kind, os.getpid())
    if kind in ("secret", "s3"):
        result = team.push()
        assert result.code == 3 and "credentials" in result.err
    team.here.env.update({
        "AWS_ACCESS_KEY_ID": real.get("S3_KEY"),
        "AWS_SECRET_ACCESS_KEY": real.get("S3_SECRET"),
        "NETRC": team.folder / "netrc"})
    (team.folder / "netrc").write_text(
        "machine 127.0.0.1 login someone password secret\n")
    team.push().ok()
    # Once more: it is no older one of itself.
    team.push("--keep", "1").ok()
    team.commit("data.txt")
    team.clone()
    result = team.pull("--json").ok()
    answer = json.loads(result.out)
    assert answer["taken"] and answer["distance"] == 1, result
    assert answer["ancestor"] and answer["difference"] is None
    assert team.stale() == ["data"]
    team.here.env["FTRACE_STORE"] = team.store
    assert "1 package" in team.here.ftrace("clear", "--store").ok().err
    team.here.ftrace("clear").ok()
    assert team.pull().code == 1
    if kind == "s3":
        team.here.env["AWS_SECRET_ACCESS_KEY"] = "wrong"
        result = team.pull()
        assert result.code == 3 and "S3 answers 403" in result.err


def test_a_server_that_fails(team, failing):
    """500s, a cut connection, one that hangs, and rubbish."""
    team.store = failing.url
    failing.faults = [503]
    team.push().ok()
    package, = [path for path in failing.files if ".tar.zst" in path]
    team.here.ftrace("clear").ok()
    failing.faults = [500, "cut", 429]
    team.pull().ok()
    assert any(first for _, path, first in failing.asked if path == package)
    team.here.ftrace("clear").ok()
    failing.faults = ["hang"]
    result = team.pull(env={"FTRACE_STORE_TIMEOUT": "1"})
    assert result.code == 3 and "timed out" in result.err
    failing.faults = [b"rubbish", 404]
    assert "is refused" in team.pull().err
    failing.faults = [b"\x28\xb5\x2f\xfd" + bytes(1000)]
    result = team.pull()
    assert result.code == 1 and "is refused" in result.err
    team.pull().ok()
    failing.faults = [403]
    team.here.ftrace("clear").ok()
    result = team.pull()
    assert result.code == 3 and "it wants credentials" in result.err
    team.pull(env={"FTRACE_STORE_TOKEN": "s3cr3t"}).ok()
    team.here.write("ftrace.json", json.dumps({"store": failing.url}))
    result = team.here.ftrace("pull", env={"FTRACE_STORE_TOKEN": "s3cr3t"})
    assert result.code == 3 and "comes with the project" in result.err
    failing.shutdown()
    failing.server_close()
    result = team.pull(env={"FTRACE_STORE_TIMEOUT": "1"})
    assert result.code == 0 or failing.url in result.err
