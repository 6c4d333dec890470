# SPDX-License-Identifier: MIT
"""Bytecode that names other files, and modules whose code is no block."""

import os
import sysconfig

OPAQUE = "opaque/"
UNIT = "test_a.py::test_it"


def test_bytecode_from_another_place(project):
    """pytest takes it for current; it is as if there were none."""
    project.file("test_a.py", """
        def test_it():
            one = 1
            assert one == 2
    """)
    fresh = project.plain()
    kept = project.root / "kept"
    env = {"PYTHONPYCACHEPREFIX": str(kept), "PYTHONDONTWRITEBYTECODE": ""}
    project.plain(env=env)
    here = os.fsencode(project.root)
    files = list(kept.rglob("test_a.*-pytest-*.pyc"))
    assert files
    for path in files:
        data = path.read_bytes()
        assert here in data
        path.write_bytes(data.replace(here, here[:-1] + b"?"))
    traced = project.traced(env=env)
    assert traced.text == fresh.text
    assert OPAQUE not in traced.record.unit(UNIT)
    assert traced.record.sources["module/test_a"] == {
        str(project.root / "test_a.py")}
    assert all(here in path.read_bytes() for path in files)


def test_what_runs_in_the_usual_ways_is_known(project):
    project.write(lib="VALUE = 1\n", broken="import lib\n1 / 0\n",
                  wrong="def\n", space__part="",
                  replaced="import sys, lib\nsys.modules[__name__] = lib\n")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    project.file("extension" + suffix, "")
    project.file("test_a.py", """
        import importlib.util, sys

        def lazy(name):
            spec = importlib.util.find_spec(name)
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
            return module

        def test_it():
            import replaced, space, space.part
            for name in ("absent", "broken", "wrong", "extension"):
                try:
                    __import__(name)
                except (ImportError, ArithmeticError, SyntaxError):
                    pass
            assert lazy("lib").VALUE == 1
            importlib.reload(sys.modules["lib"])
    """)
    env = {"PYTHONPATH": str(project.root)}
    record = project.same("-q", env=env).record
    assert record.units() == {UNIT: "passed"}
    assert "module/broken" in record.unit(UNIT)
    assert not [scope for scope, used in record.uses.items()
                if OPAQUE in used]
