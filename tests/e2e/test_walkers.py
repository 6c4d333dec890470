# SPDX-License-Identifier: MIT
"""Tests that go through all objects, or all modules, of the process."""

import textwrap

import pytest

from test_versions import PYTHONS, python  # noqa: F401

LIB = """\
    class Marked:
        LIMIT = 3
    THING = Marked()
    UNUSED = 4
    """

# Each goes through what there is, in its own way, and would find a THING.
WALKS = {
    "objects": """\
        import gc
        def test_it():
            assert [each for each in gc.get_objects()
                    if type(each).__name__ == "Marked"]
        """,
    "objects, in a helper": """\
        import helper
        def test_it():
            assert helper.find("Marked")
        """,
    "objects, in a package": """\
        import sys
        sys.path.append("site-packages")
        import walker
        def test_it():
            assert walker.find("Marked")
        """,
    "modules": """\
        import sys
        def test_it():
            assert [vars(each)["THING"] for name, each in sys.modules.items()
                    if name == "lib"]
        """,
    "names of modules": """\
        import sys
        def test_it():
            for name in sorted(sys.modules):
                if name.startswith("lib"):
                    assert sys.modules[name].THING
        """,
}


@pytest.mark.parametrize("python", [
    each for each in sorted(PYTHONS)], indirect=True)
def test_what_others_have_imported(project, python):  # noqa: F811
    """A test sees all that there is, whoever imported it."""
    project.python = python
    find = """\
        import gc
        def find(kind):
            return [each for each in gc.get_objects()
                    if type(each).__name__ == kind]
        """
    project.files(lib=LIB, helper=find, test_1="""\
        import lib
        def test_it():
            assert lib
        """, test_8="""\
        import gc, sys
        def test_frugal():
            gc.collect()
            assert gc.get_referents([]) == [] and sys.modules["gc"] is gc
            assert "lib" in sys.modules
        """)
    project.write("site-packages/walker.py", find)
    for number, text in enumerate(WALKS.values(), 2):
        project.write("test_%d.py" % number, textwrap.dedent(text))
    project.pytest("-q").ok()
    assert project.affected() == []
    expected = ["test_%d.py::test_it" % number
                for number in range(2, 2 + len(WALKS))]
    with project.edited("lib.py", "UNUSED = 4\n", ""):
        assert project.affected_units() == expected
    with project.edited("lib.py", "THING = Marked()\n", ""):
        assert project.affected_units() == ["test_1.py::test_it"] + expected
        assert project.plain("-q").out.count("FAILED") == len(WALKS)
