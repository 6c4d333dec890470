# SPDX-License-Identifier: MIT
"""The plugin is loaded by the environment and then not to be seen."""

import importlib.util
import shutil
import sys

import pytest

from helpers import SOURCE

ENVIRONMENT = """
    import os
    import subprocess
    import sys

    NAMES = ("PYTEST_PLUGINS", "PYTHONPATH", "LD_PRELOAD", "FTRACE_ROOT",
             "FTRACE_SESSION", "FTRACE_SCOPE")

    def test_environment():
        for name in NAMES:
            print(name, repr(os.environ.get(name)))
        for places in sys.path, sys.path_importer_cache:
            print([path for path in places if "adapter" in path])
        print([getattr(each, "__name__", each) for each in sys.meta_path
               if "Rewriting" not in str(each)])
        assert 0

    def test_child_of_the_c_library():
        names = "$PYTEST_PLUGINS,$PYTHONPATH,$FTRACE_ROOT,$FTRACE_SESSION"
        with os.popen("echo " + names) as pipe:
            assert pipe.read().strip() == {expected!r}

    def test_nested_run(tmp_path):
        path = tmp_path / "test_inner.py"
        path.write_text("import sys\\n"
                        "def test_it(request):\\n"
                        "    assert '_ftrace' not in sys.modules\\n")
        subprocess.run([sys.executable, "-m", "pytest", "-q", str(path)],
                       check=True, stdout=subprocess.DEVNULL)
"""


@pytest.mark.parametrize("env", [
    {},
    {"PYTEST_PLUGINS": "mine", "PYTHONPATH": "."},
    {"PYTHONPATH": "", "LD_PRELOAD": "libm.so.6"},
    {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    {"PYTEST_ADDOPTS": "-p no:cacheprovider -p mine", "PYTHONPATH": ".",
     "PYTHONDONTWRITEBYTECODE": "1"},
], ids=str)
def test_environment_is_hidden(project, env):
    if not env or "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in env:
        project.with_plugins()
    project.file("mine.py", "")
    project.file("pytest.ini", "[pytest]\naddopts = -p no:doctest\n")
    expected = ",".join((env.get("PYTEST_PLUGINS", ""),
                         env.get("PYTHONPATH", ""), "", ""))
    text = ENVIRONMENT.replace("{expected!r}", repr(expected))
    project.file("test_a.py", text)
    plain = project.plain("-v", env=env)
    traced = project.traced("-v", env=env)
    # A child that the C library starts stays traced, and that is all.
    assert plain.text.count("PASSED") == 2
    assert traced.text.count("PASSED") == 1
    project.file("test_a.py", text.replace('",$FTRACE_SESSION"', "").replace(
        ",$FTRACE_SESSION", ",").replace("test_child", "test_other"))
    traced = project.same("-v", env=env)
    assert traced.text.count("PASSED") == 2
    # The folder of these tests may be called anything.
    own = traced.text.replace(str(SOURCE), "")
    assert "ftrace" not in own.replace("FTRACE", "")


@pytest.mark.parametrize("options", [
    ("-v",), ("--fixtures",), ("--help",), ("--markers",), ("-W", "error"),
    ("--collect-only",), ("--co", "-q"), ("--setup-show",),
    ("--setup-plan",), ("-rA", "--durations=1", "-vv"),
], ids=" ".join)
def test_output_is_the_same(project, options):
    project.file("test_a.py", """
        import pytest

        @pytest.fixture(scope="module")
        def wide(tmp_path_factory):
            yield 1

        def test_it(wide, tmp_path):
            pass
    """)
    project.same(*options)


def test_the_interpreter_is_named(project):
    project.file("test_a.py", "def test_it(): pass\n")
    record = project.traced("-q").record
    assert record.interpreters == {"%s-%08x/%s" % (
        sys.implementation.cache_tag, sys.hexversion, project.python)}


@pytest.mark.parametrize("beside", [True, False])
def test_bytecode_of_the_plugin_is_kept(project, tmp_path, beside):
    """Beside it, or else in the folder of the tracer."""
    folder = tmp_path / "installed"
    shutil.copytree(project.adapter, folder,
                    ignore=shutil.ignore_patterns("__pycache__"))
    project.adapter = folder
    if not beside:
        (folder / "runners/pytest/__pycache__").write_text("")
    project.file("test_a.py", "def test_it(): pass\n")
    project.file(".ftrace/note", "")
    project.same("-q", env={"PYTHONDONTWRITEBYTECODE": "1"})
    own = project.root / ".ftrace" / "pycache"
    kept = [place for place in (folder, own)
            if list(place.rglob("*hooks*.pyc"))]
    assert kept == [folder if beside else own]


@pytest.mark.skipif(importlib.util.find_spec("xdist") is None,
                    reason="needs pytest-xdist")
@pytest.mark.parametrize("env", [
    {}, {"PYTEST_PLUGINS": "xdist.plugin",
         "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
], ids=["plain", "late"])
def test_parallel_runs_record_the_same(project, env):
    project.with_plugins()
    project.file("conftest.py", """
        import pytest

        @pytest.fixture(scope="session")
        def shared():
            import helper
            return helper
    """)
    project.file("helper.py", "")
    for name in "abcd":
        project.file("test_%s.py" % name, """
            import os

            def test_one(shared):
                assert "FTRACE_ROOT" not in os.environ
                assert "PYTHONPATH" not in os.environ

            def test_two():
                from helper import __name__
        """)
    serial = project.traced("-q", env=env).record
    parallel = project.same("-q", "-n", "2", env=env).record
    assert parallel.units() == serial.units()
    assert len(serial.units()) == 8
    for name in serial.units():
        assert "module/helper" in parallel.unit(name)
        # What belongs to all may differ: the workers import more.
        mine = {each for each in serial.unit(name)
                if not each.startswith("module/")}
        theirs = {each for each in parallel.unit(name)
                  if not each.startswith("module/")}
        assert mine == theirs
