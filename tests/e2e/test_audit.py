# SPDX-License-Identifier: MIT
"""Units run alone: what stayed in memory for them, and what is no gap."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from helpers import FTRACE, Project

# Memory of no project's module, which a recorded run knows nothing of.
RATES = """\
    import json, sys

    def table():
        if not hasattr(sys, "table"):
            with open("money.json") as file:
                sys.table = json.load(file)
        return sys.table

    def lazily():
        if not hasattr(sys, "later"):
            with open("later.json") as file:
                sys.later = json.load(file)
        return sys.later
    """

USERS = """\
    import pytest, rates

    class TestTable:
        @pytest.mark.parametrize("x", NAMES)
        def test_it(self, x):
            assert rates.table()["a"]

    def test_lazily():
        assert rates.lazily()["a"]

    def test_neither():
        pass
    """


def _audit(project, *args, code=0, options=(), command=None, **more):
    result = project.ftrace(
        "audit", *args, "--",
        *(command or (project.python, "-m", "pytest", *options)), **more)
    assert result.code == code, result
    return result


def _answer(project, *args, **more):
    return json.loads(_audit(project, "--json", *args, **more).out)


def _gaps(answer):
    """The paths of the gaps of each unit, functions left out."""
    return {unit["id"]: [gap["path"] for gap in unit["gaps"]
                         if not gap["path"].endswith(".py")]
            for unit in answer["units"] if unit["gaps"]}


ODD = ["[e]", "\xfc", "a/b", "c::d", "f g"]


def _recorded(project, names):
    """Its units: test_first, one for each name, test_lazily, test_neither."""
    project.files(
        rates=RATES, test_b=USERS.replace("NAMES", ascii(names)), test_a="""\
        import rates
        def test_first():
            assert rates.table()["a"] and rates.lazily()["a"]
        """)
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    project.write("money.json", '{"a": 1}')
    project.write("later.json", '{"a": 1}')
    project.pytest("-q").ok()
    return project


@pytest.fixture
def cached(project):
    return _recorded(project, ODD[:2])


@pytest.fixture(scope="module")
def audited_once(tmp_path_factory):
    project = _recorded(
        Project(tmp_path_factory.mktemp("audited") / "project"), ODD[:2])
    _audit(project, "-n", "20", code=1)
    return project


@pytest.fixture
def audited(audited_once, tmp_path):
    """A copy of a project of which every unit was audited."""
    root = tmp_path / "project"
    shutil.copytree(audited_once.root, root)
    # What is younger than the clock can tell is hashed each time.
    time.sleep(0.1)
    return Project(root)


def _tests(count=2):
    return ["test_a.py::test_first"] + [
        "test_b.py::TestTable::test_it[%s]"
        % each.encode("unicode_escape").decode() for each in ODD[:count]]


@pytest.mark.smoke
def test_what_another_test_left_in_memory(project):
    cached = _recorded(project, ODD)
    with cached.edited("money.json", "1", "1.5"):
        assert cached.affected_units() == _tests(0)
    answer = _answer(cached, "-n", "20", code=1)
    assert len(answer["units"]) == answer["recorded"] == 8
    assert _gaps(answer) == dict(
        {each: ["money.json"] for each in _tests(5)[1:]},
        **{"test_b.py::test_lazily": ["later.json"]})
    for unit in answer["units"]:
        assert (unit["outcome"], unit["alone"]) == ("passed", "passed")
        for gap in unit["gaps"]:
            assert gap["reader"] == "test_a.py::test_first", gap
            assert gap["readers"] == 1
    with cached.edited("money.json", "1", "1.5"):
        assert cached.affected_units() == _tests(5)
    with cached.edited("later.json", "1", "1.5"):
        assert cached.affected_units() == _tests(0) + [
            "test_b.py::test_lazily"]
    assert _gaps(_answer(cached, "-n", "20")) == {}


def test_text(cached):
    result = _audit(cached, "-n", "20", "--seed", "7", code=1)
    assert ("test_b.py::test_lazily: read later.json; read by "
            "test_a.py::test_first\n") in result.out
    assert result.out.splitlines() == sorted(result.out.splitlines())
    assert "audited 5 units of 5, seed 7: " in result.err
    assert "passed" not in result.out
    result = _audit(cached, "-n", "20", "-q", "--verbose", options=["-v"])
    assert result.out == ""
    assert "test_lazily PASSED" in result.err
    assert "audited" not in result.err


def test_what_was_found_outlives_later_runs(audited):
    """The suite does not meet it, and has run with the file as it is."""
    audited.edit("money.json", "1", "1.5")
    assert audited.affected_units() == _tests()
    audited.pytest("-q").ok()
    assert audited.affected() == []
    audited.pytest("-q").ok()
    audited.edit("money.json", "1.5", "1.75")
    assert audited.affected_units() == _tests()
    audited.pytest("-q").ok()
    (audited.root / "money.json").rename(audited.root / "gone.json")
    assert audited.affected_units() == _tests()
    assert audited.pytest("-q").code == 1
    (audited.root / "gone.json").rename(audited.root / "money.json")
    audited.pytest("-q").ok()
    assert audited.affected() == []
    assert _gaps(_answer(audited, "-n", "20")) == {}


def test_what_is_needed_no_more_goes(audited):
    audited.edit("rates.py", 'open("money.json")', 'open("later.json")')
    audited.pytest("-q").ok()
    with audited.edited("money.json", "1", "1.5"):
        assert audited.affected_units() == _tests()[1:]
    _audit(audited, "-n", "20", code=1)
    with audited.edited("money.json", "1", "1.5"):
        assert audited.affected_units() == []


def test_selection_of_units(audited):
    def ids(*args):
        return [unit["id"] for unit in _answer(
            audited, "-n", "2", "-q", *args)["units"]]

    first = ids("--seed", "1")
    assert len(first) == 2 and first == sorted(first)
    assert ids("--seed", "1") == first
    assert any(ids("--seed", str(seed)) != first for seed in range(2, 5))
    # What is to run anyhow is not audited, nor what is gone.
    audited.edit("money.json", "1", "1.5")
    answer = _answer(audited, "-n", "20")
    assert {unit["id"] for unit in answer["units"]} == {
        "test_b.py::test_lazily", "test_b.py::test_neither"}
    assert answer["left_out"] == {"changed": 3, "incomplete": 0, "gone": 0}
    (audited.root / "test_b.py").unlink()
    answer = _answer(audited, "-n", "20", code=125)
    assert answer["left_out"]["gone"] == 4


def test_no_gap_where_nothing_is_hidden(project):
    """Scratch names, search paths, fixtures of every scope, processes."""
    test = """\
        import os, subprocess, sys, tempfile, unittest
        import pkg
        def test_process(tmp_path):
            (tmp_path / "x").write_text("1")
            assert not (tmp_path / "y").exists()
            subprocess.run([sys.executable, "-c", "import pkg"], check=True)
        def test_fixtures(number, data):
            assert pkg.core.more(number) and data
        def test_scratch():
            with tempfile.TemporaryDirectory() as folder:
                assert not os.path.exists(folder + "/none")
                assert os.listdir(folder) == []
            assert not os.path.exists("/tmp/none-%d" % os.getpid())
            assert not os.path.exists("build-%d/x" % os.getpid())
        def test_late():
            assert pkg.core.late()
        class TestUnit(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.data = open("data.txt").read()
            def test_one(self):
                assert self.data
            def test_two(self):
                assert pkg.core.more(1)
        """
    fixtures = """\
        import pytest
        @pytest.fixture(params=[1, 2], scope="module")
        def number(request):
            return request.param
        """
    project.files(
        conftest="""\
            import pytest
            @pytest.fixture(scope="session")
            def data():
                return open("data.txt").read()
            @pytest.fixture(autouse=True)
            def scratch(tmp_path, monkeypatch):
                monkeypatch.setenv("SCRATCH", str(tmp_path))
            """,
        pkg__core="""\
            import helper
            def more(x):
                return x + 1
            def late():
                import pkg.later
                return pkg.later.VALUE
            """,
        pkg__later="VALUE = 1\n", helper="", tests__a__test_one=test,
        tests__b__test_two=test, tests__a__conftest=fixtures,
        tests__b__conftest=fixtures)
    project.write("pkg/__init__.py", "from . import core\n")
    project.write("data.txt", "1")
    project.pytest("-q").ok()
    answer = _answer(project, "-n", "50")
    assert len(answer["units"]) == 14
    assert all(not unit["gaps"] for unit in answer["units"]), answer


def test_order_dependent(project):
    project.files(test_it="""\
        state = []
        def test_sets():
            state.append(1)
        def test_needs():
            assert state
        def test_minds():
            assert not state
        """)
    assert project.pytest("-q").code == 1
    answer = _answer(project)
    assert {unit["id"].partition("::")[2]: unit["alone"]
            for unit in answer["units"] if unit["order_dependent"]} == {
                "test_needs": "failed", "test_minds": "passed"}
    assert project.units() == {
        "test_it.py::test_sets": "passed", "test_it.py::test_needs": "passed",
        "test_it.py::test_minds": "failed"}
    assert _audit(project).out == (
        "test_it.py::test_minds: order-dependent, passed alone and failed as "
        "recorded\n"
        "test_it.py::test_needs: order-dependent, failed alone and passed as "
        "recorded\n")


def test_from_another_directory(cached):
    """Ids are handed to the runner, and shown, as seen from there."""
    (cached.root / "below").mkdir()
    cached.edit("rates.py", '"money.json"', 'ROOT + "/money.json"')
    cached.edit("rates.py", '"later.json"', 'ROOT + "/later.json"')
    cached.edit("rates.py", "import json, sys",
                "import json, sys, os\n"
                "ROOT = os.path.dirname(os.path.abspath(__file__))")
    cached.pytest("-q").ok()
    result = _audit(cached, "-n", "20", code=1, cwd=cached.root / "below")
    assert "../test_b.py::test_lazily: read later.json; read by " \
        "../test_a.py::test_first" in result.out


def test_odd_bytes(project):
    name = "caf\udce9 \udcff"
    folder = project.root / name
    folder.mkdir()
    for test in "ab":
        (folder / ("test_%s.py" % test)).write_text(
            "import sys\nsys.modules.setdefault('cache', [])\n"
            "def test_it():\n"
            "    cache = sys.modules['cache']\n"
            "    cache or cache.append(open('data \\udcff').read())\n")
    (project.root / "data \udcff").write_text("1")
    # pytest's own notes are UTF-8.
    options = ["-p", "no:cacheprovider"]
    project.pytest(*options).ok()
    answer = _answer(project, code=1, options=options)
    assert _gaps(answer) == {name + "/test_b.py::test_it": ["data \udcff"]}


def test_misuse(cached):
    for args, command, code, text in (
            (["-n", "x"], None, 2, "no number"),
            (["-n", "0"], None, 2, "at least 1"),
            (["--seed", "-1"], None, 2, "no number"),
            (["--runner", "none"], None, 2, "unknown runner"),
            ([], ["make", "check"], 2, "always runs alone"),
            ([], ["/nowhere/pytest"], 127, "No such file")):
        assert text in _audit(cached, *args, command=command, code=code).err


def test_command_that_runs_more(cached):
    result = _audit(cached, options=["test_b.py"], code=125)
    assert "without files and dir" in result.err and result.out == ""
    with cached.edited("money.json", "1", "1.5"):
        assert cached.affected_units() == _tests(0)


def test_command_that_runs_nothing(cached):
    """Its own failure is not an answer, and is not repeated for long."""
    result = _audit(cached, "-n", "20", options=["--no-such"], code=125)
    assert result.err.count("it did not run: the command ended with 4") == 3
    assert "nothing was audited; '-v' shows" in result.err


def test_no_map_and_no_units(project):
    project.files(test_it="def test_it():\n    pass\n")
    assert "record one with" in _audit(project, code=125).err
    project.run("true").ok()
    assert "no unit of pytest" in _audit(project, code=125).err


def test_read_only_map(cached):
    if os.getuid() == 0:
        pytest.skip("root can write everywhere")
    (cached.root / ".ftrace" / "map.db").chmod(0o444)
    assert "cannot be written" in _audit(cached, code=125).err


def test_timeout(project):
    project.files(test_it="""\
        import subprocess, time
        seen = []
        def test_first():
            seen.append(1)
        def test_hangs():
            seen or subprocess.run(["sleep", "300"])
        """)
    project.pytest("-q").ok()
    began = time.monotonic()
    answer = _answer(project, "--timeout", "6", code=1)
    assert time.monotonic() - began < 60
    problems = {unit["id"]: unit.get("problem") for unit in answer["units"]}
    assert problems == {
        "test_it.py::test_first": None,
        "test_it.py::test_hangs": "it was killed after 6 seconds"}
    assert project.units()["test_it.py::test_hangs"] == "passed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(cached, number):
    """What was found by then is told and stays."""
    cached.files(test_c="""\
        import sys, time
        def test_slow():
            if not hasattr(sys, "later"):
                open("started", "w").close()
                time.sleep(300)
        """)
    cached.pytest("-q").ok()
    # A seed with which the slow one comes late.
    child = subprocess.Popen(
        [FTRACE, "audit", "-n", "20", "--seed", "3", "--", cached.python,
         "-m", "pytest", "-q"], cwd=cached.root, env=cached.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 100
    while not (cached.root / "started").exists():
        assert time.monotonic() < until and child.poll() is None
        time.sleep(0.05)
    child.send_signal(number)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == -number
    told = [line for line in out.decode().splitlines()
            if ".json" in line and "test_c" not in line]
    assert told
    with cached.edited("money.json", "1", "1.5"):
        assert len(cached.affected_units()) == 1 + sum(
            "money.json" in line for line in told)


def test_beside_a_run(cached):
    """A recording that lands meanwhile loses nothing, nor does the audit."""
    audit = subprocess.Popen(
        [FTRACE, "audit", "-n", "20", "--", cached.python, "-m", "pytest",
         "-q"], cwd=cached.root, env=cached.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(3):
        cached.pytest("-q", "-p", "no:cacheprovider").ok()
    out, err = audit.communicate(timeout=120)
    assert audit.returncode == 1, (out, err)
    with cached.edited("money.json", "1", "1.5"):
        assert cached.affected_units() == _tests()
