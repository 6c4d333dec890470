# SPDX-License-Identifier: MIT
"""Variables of the environment that tests read are dependencies of theirs."""

import pytest

from helpers import FTRACE

CONFTEST = """\
    import os
    import pytest
    import threading

    @pytest.fixture
    def plain():
        return os.environ.get("PLAIN")

    @pytest.fixture(scope="session")
    def session():
        return os.environ.get("SESSION")
    """

READS = """\
    import os
    import threading
    import reads_at_import

    def test_subscript():
        os.environ["HERE"]

    def test_get():
        assert os.environ.get("GET") != "bad"

    def test_getenv():
        os.getenv("GETENV")

    def test_in():
        assert "IN" not in os.environ or True

    def test_bytes():
        os.environb.get(b"BYTES")

    def test_pop():
        value = os.environ.pop("POP", None)
        if value is not None:
            os.environ["POP"] = value

    def test_setdefault():
        os.environ.setdefault("DEFAULT", "1")
        del os.environ["DEFAULT"]

    def test_expand():
        os.path.expandvars("$EXPAND/x")

    def test_thread():
        thread = threading.Thread(target=os.getenv, args=("THREAD",))
        thread.start()
        thread.join()

    def test_fixture(plain):
        pass

    def test_session(session):
        pass

    def test_session_too(session):
        pass

    def test_nothing():
        pass
    """

BY_NAME = {
    "HERE": ["subscript"], "GET": ["get"], "GETENV": ["getenv"],
    "IN": ["in"], "BYTES": ["bytes"], "POP": ["pop"],
    "DEFAULT": ["setdefault"], "EXPAND": ["expand"], "THREAD": ["thread"],
    "PLAIN": ["fixture"], "SESSION": ["session", "session_too"],
    "NOBODY": [],
}


@pytest.fixture
def record(project):
    """Records tests, and gives what a changed environment selects."""
    project.env["PYTHONPATH"] = "."

    def run(tests=None, *options, **files):
        if tests is not None:
            project.write("test_it.py", tests)
        project.files(**files)
        project.pytest("-p", "no:randomly", "-p", "no:cacheprovider",
                       *options).ok()
        assert affected() == []

    def affected(**env):
        return [unit.partition("::test_")[2] for unit in
                project.affected_units(env=env)]

    run.project = project
    run.affected = affected
    return run


def _all_reads(record, *options):
    record.project.env["HERE"] = "1"
    record(READS, *options, conftest=CONFTEST, reads_at_import="""\
        import os
        MODE = os.environ.get("MODE")
        """)


@pytest.mark.smoke
def test_read_by_name(record):
    _all_reads(record)
    for name, tests in BY_NAME.items():
        assert record.affected(**{name: "x"}) == sorted(tests), name
    everything = 13
    assert len(record.affected(MODE="x")) == everything
    assert record.affected(HERE=None) == ["subscript"]
    assert record.affected(HERE="1") == []


def test_without_the_extension(record):
    """A Python that takes no extension: the wrapper is one in Python."""
    record.project.write("hide.py", """\
        import sys
        sys.getobjects = None
        """)
    _all_reads(record, "-p", "hide")
    for name, tests in BY_NAME.items():
        assert record.affected(**{name: "x"}) == sorted(tests), name
    record.project.env["ONE"] = "0"
    record(COPIES, "-p", "hide")
    for name in ("HERE", "PYTEST_CURRENT_TEST", "MORE"):
        assert record.affected(**{name: "x"}) == [], name
    assert record.affected(ONE="x") == ["after_a_copy"]


def test_workers(record):
    pytest.importorskip("xdist")
    record.project.with_plugins()
    _all_reads(record, "-n", "2")
    for name, tests in BY_NAME.items():
        assert record.affected(**{name: "x"}) == sorted(tests), name
    assert len(record.affected(PYTEST_ADDOPTS="-q")) == 13


def test_empty_is_not_unset(record):
    record("import os\ndef test_a():\n    os.getenv('MODE')\n")
    assert record.affected(MODE="") == ["a"]
    record.project.env["MODE"] = ""
    record()
    # What passed before is remembered.
    assert record.affected(MODE=None) == []
    assert record.affected(MODE="x") == ["a"]
    record.project.env["MODE"] = "x"
    record()
    assert record.affected(MODE="y") == ["a"]
    assert record.affected(MODE="") == []
    assert record.affected(MODE="x") == []


COPIES = """\
    import os
    import subprocess
    import sys
    from unittest import mock

    def test_dict():
        dict(os.environ)

    def test_copy():
        subprocess.run([sys.executable, "-c", ""],
                       env=dict(os.environ, MORE="1"), check=True)
        os.environ.copy()

    def test_display():
        {**os.environ, "MORE": "1"}
        (lambda **names: names)(**os.environ)

    def test_update():
        names = {}
        names.update(os.environ)
        os.environ | names

    def test_items():
        [item for item in os.environ.items()]
        list(os.environ.values())
        repr(os.environ)

    def test_patch(monkeypatch):
        with mock.patch.dict(os.environ, {"ONE": "1"}):
            pass
        with mock.patch.dict(os.environ, {"ONE": "1"}, clear=True):
            pass
        monkeypatch.setenv("ONE", "2")

    def test_after_a_copy():
        {name: None for name in os.environ.keys()}
        os.environ.copy()
        os.environ["ONE"]
    """


def test_a_copy_is_nobodys(record):
    """A child gets a copy; the first and the last one are no different."""
    record.project.env["ONE"] = "0"
    names = ["AAA", "ONE", "TERM", "ZZZ", "MORE"]
    for name in ("AAA", "ZZZ"):
        record.project.env[name] = "0"
    record(COPIES)
    for name in names:
        expected = ["after_a_copy"] if name == "ONE" else []
        assert record.affected(**{name: "x"}) == expected, name


def test_names_in_a_loop_are_read(record):
    """Names from the environment and the values one by one: no copy."""
    record.project.env.update(AAA="0", APP_A="1", APP_B="2")
    record("""\
        import os

        def test_loop():
            for name in os.environ.keys():
                if name.startswith("APP_"):
                    os.environ[name]
        """)
    assert record.affected(APP_A="x") == ["loop"]
    assert record.affected(APP_B="x") == ["loop"]
    assert record.affected(AAA="x") == []


def test_each_scope_says_it(record):
    """One test, one module and two threads: each of them depends on it."""
    record("""\
        import os
        import threading

        def test_first():
            os.getenv("MODE")
            os.getenv("MODE")

        def test_second():
            os.getenv("MODE")

        def test_importing():
            importing = threading.Thread(target=__import__, args=("slow",))
            importing.start()
            os.getenv("MODE")
            importing.join()

        def test_third():
            pass
        """, slow="import os, time\nos.getenv('MODE')\ntime.sleep(0.1)\n")

    def readers(test):
        accesses = record.project.json("deps", "test_it.py::" + test)
        return {each["scope"] for each in accesses["accesses"]
                if each["path"] == "$MODE"}

    assert readers("test_first") == readers("test_second") == {"unit"}
    assert readers("test_importing") == {"unit", "module"}
    assert readers("test_third") == set()


def test_conftest_in_the_base(record):
    """What the project's own hooks ask for decides for every test."""
    record("def test_a(): pass\ndef test_b(): pass\n", conftest="""\
        import os

        def pytest_configure(config):
            os.getenv("CONFIGURE")

        def pytest_collection_modifyitems(items):
            os.getenv("COLLECT")
        """)
    assert record.affected(CONFIGURE="x") == ["a", "b"]
    assert record.affected(COLLECT="x") == ["a", "b"]
    for name in ("CI", "TERM", "COLUMNS", "PY_COLORS", "NO_COLOR",
                 "BUILD_NUMBER", "PYTEST_THEME", "TOX_ENV_DIR"):
        assert record.affected(**{name: "x"}) == [], name


@pytest.mark.parametrize("name, value", [
    ("PYTHONPATH", "elsewhere"), ("PYTHONOPTIMIZE", "1"),
    ("PYTHONHASHSEED", "7"), ("PYTEST_ADDOPTS", "-q"),
    ("PYTEST_PLUGINS", "other"), ("LD_PRELOAD", "/nonexistent.so"),
    ("LD_LIBRARY_PATH", "/nonexistent"), ("TZ", "UTC"), ("LC_ALL", "C"),
])
def test_the_base(record, name, value):
    """These decide how everything runs, whoever asks for them."""
    record("def test_a(): pass\ndef test_b(): pass\n")
    if name == "LD_PRELOAD":
        # ftrace would not start with a library that is not there.
        answer = record.project.sh(
            "env", name + "=" + value, FTRACE, "affected", "--tests")
        assert answer.out.split() == ["test_it.py::test_a",
                                      "test_it.py::test_b"]
        return
    assert record.affected(**{name: value}) == ["a", "b"]


def test_never(record):
    record("""\
        import os
        def test_a():
            for name in ("_", "SHLVL", "PWD", "OLDPWD", "FTRACE_ANY",
                         "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER",
                         "PYTEST_VERSION"):
                os.getenv(name)
        """)
    for name in ("_", "SHLVL", "PWD", "OLDPWD", "FTRACE_ANY",
                 "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"):
        assert record.affected(**{name: "x"}) == [], name


def test_what_the_command_sets(record):
    """The value that counts is the one that ftrace was started with."""
    project = record.project
    project.write("test_it.py", """\
        import os
        def test_a():
            assert os.environ["MODE"] == "inside"
        """)
    project.run("env", "MODE=inside", project.python, "-m", "pytest").ok()
    assert record.affected() == []
    assert record.affected(MODE="inside") == ["a"]


def test_ftrace_inside(record):
    """What ftrace puts into the environment of its command is not seen."""
    record("""\
        def test_a():
            pass
        """)
    project = record.project
    asked = project.ftrace("run", "--runner", "pytest", "--", "sh", "-c",
                           "%s affected --tests -q" % FTRACE)
    assert asked.out == ""
    asked = project.ftrace(
        "run", "--runner", "pytest", "--", "sh", "-c",
        "PYTHONPATH=$PYTHONPATH:more %s affected --tests -q" % FTRACE)
    assert asked.out == "test_it.py::test_a\n"


def test_path(record):
    """git puts a folder of its own in front, for its hooks."""
    record("import shutil\ndef test_a():\n    shutil.which('true')\n")
    path = record.project.environment()["PATH"]
    assert record.affected(PATH="/usr/lib/git-core:" + path) == []
    assert record.affected(PATH="/opt/bin:" + path) == ["a"]


def test_partial_runs(record):
    """A value for each test that ran with it."""
    record("""\
        import os
        def test_a():
            os.getenv("MODE")
        def test_b():
            os.getenv("MODE")
        """)
    record.project.env["MODE"] = "x"
    assert record.affected() == ["a", "b"]
    record.project.pytest("test_it.py::test_a").ok()
    assert record.affected() == ["b"]
    assert record.affected(MODE=None) == []
    assert record.affected(MODE="y") == ["a", "b"]


KEPT = """\
    import functools
    import os

    @functools.lru_cache(maxsize=None)
    def mode():
        return os.environ.get("MODE")

    _other = None

    def other():
        global _other
        if _other is None:
            _other = os.environ.get("OTHER", "none")
        return _other
    """


@pytest.mark.smoke
def test_kept_in_memory(record):
    """A value that a module keeps belongs to later tests, too."""
    record("""\
        import os
        import config

        def test_first():
            os.environ.get("MODE")
            config.mode()

        def test_second():
            config.mode()

        def test_third():
            config.other()

        def test_fourth():
            config.other()
        """, config=KEPT, test_apart="def test_apart(): pass\n")
    # A function of lru_cache can be called without entering any.
    assert record.affected(MODE="x") == [
        "first", "fourth", "second", "third"]
    # The module keeps that one, too.
    assert record.affected(OTHER="x") == [
        "first", "fourth", "second", "third"]


@pytest.mark.parametrize("code, kept", [
    ("def mode():\n    return os.getenv('MODE')\n", False),
    ("seen = {}\ndef mode():\n"
     "    seen['mode'] = seen.get('mode') or os.getenv('MODE')\n", True),
    ("seen = []\ndef mode():\n"
     "    if not seen: seen.append(os.getenv('MODE'))\n", True),
    ("class Settings:\n    mode = None\n"
     "def mode():\n"
     "    if not Settings.mode: Settings.mode = os.getenv('MODE', '1')\n",
     True),
    ("class Settings:\n    pass\n_settings = Settings()\n"
     "def mode():\n"
     "    if not hasattr(_settings, 'mode'):\n"
     "        _settings.mode = os.getenv('MODE')\n", True),
    ("class Settings:\n"
     "    @staticmethod\n    @functools.lru_cache()\n"
     "    def mode():\n        return os.getenv('MODE')\n"
     "mode = Settings.mode\n", True),
    ("seen = []\ndef mode():\n"
     "    seen.append(os.getenv('MODE'))\n    seen.pop()\n", False),
])
def test_ways_to_keep(record, code, kept):
    record("""\
        import config

        def test_first():
            config.mode()
        """, config="import functools, os\n" + code + "\ndef other(): pass\n",
        test_other="""\
            import config

            def test_last():
                config.other()
            """)
    # Who enters a function of the module, or may get at a public name.
    assert ("last" in record.affected(MODE="x")) == kept


def test_answers(record):
    record("import os\ndef test_a():\n    os.getenv('MODE')\n")
    project = record.project
    unit = "test_it.py::test_a"
    new = {"MODE": "x"}
    out = project.ftrace("changed", "-q", env=new).ok().out
    assert out == "$MODE\n"
    assert project.json("changed", env=new)["files"] == [
        {"path": "$MODE", "state": "stale", "what": "created"}]
    answer = project.ftrace("affected", env=new).ok()
    assert "1 variable changed; 1 of 1 test affected" in answer.err
    reason, = project.json("affected", env=new)["units"][0]["reasons"]
    assert reason == {"path": "$MODE", "state": "stale", "what": "created"}
    lines = project.ftrace("why", unit, env=new).ok().out.splitlines()
    assert lines == [unit, "stale: $MODE created",
                     "  which accessed $MODE (read)"]
    reason, = project.json("why", unit, env=new)["reasons"]
    assert reason["path"] == reason["chains"][0]["path"] == "$MODE"
    assert unit in project.ftrace("why", "$MODE").ok().out
    assert unit in project.ftrace("why", unit, "$MODE").ok().out
    assert project.ftrace("why", "$NOBODY").code == 3
    assert ("$MODE", "read") in project.inputs(unit)
    assert ("read               $MODE\n"
            in project.ftrace("deps", unit).ok().out)
    project.env.update(new)
    record()
    assert project.json("changed", env={"MODE": "y"})["files"][0][
        "what"] == "modified"
    assert project.json("changed", env={"MODE": None})["files"][0][
        "what"] == "removed"


def test_errors_look_the_same(record):
    """os.environ is as it was, but for who hears of it."""
    tests = """\
        import inspect
        import os
        import traceback

        def test_a():
            try:
                os.environ["NOBODY"]
            except KeyError as error:
                lines = traceback.format_exc().splitlines()
                assert error.args == ("NOBODY",)
                assert error.__cause__ is None
            assert [line for line in lines if "File" in line] == [
                line for line in lines
                if "test_it.py" in line or "os.py" in line or "<frozen os>" in line]
            read = os._Environ.__getitem__
            assert read.__name__ == "__getitem__"
            assert read.__qualname__ == "_Environ.__getitem__"
            assert read.__module__ == "os"
            assert read.__doc__ is None
            assert str(inspect.signature(read)) == "(self, key)"
            assert str(inspect.signature(os.environ.__getitem__)) == "(key)"
            assert os.environ.keys.__qualname__ == "Mapping.keys"
            assert "view" in os.environ.keys.__doc__
            assert str(inspect.signature(os.environ.keys)) == "()"
            for wrong in (1, None, []):
                try:
                    os.environ[wrong]
                except TypeError as error:
                    assert "str expected" in str(error)
                else:
                    assert False
        """
    record.project.write("test_it.py", tests)
    record.project.plain().ok()
    record(tests)
