# SPDX-License-Identifier: MIT
"""Whoever asks for the lines of a source depends on that file as a whole."""

import pytest


def whole(record, name):
    """The base names of the files a test, and it alone, read as a whole."""
    scopes = {"unit/pytest/" + name}
    scopes |= {scope for scope in record.unit(name)
               if scope.startswith("fixture/")}
    found = {path.rpartition("/")[2] for scope in scopes
             for path in record.reads.get(scope, ())}
    return found | {block.rpartition("/")[2] for scope in scopes
                    for block in record.blocks.get(scope, ())
                    if block.startswith("read//")}


WAYS = {
    "inspect": "inspect.getsource(lib.value)",
    "getlines": "linecache.getlines(lib.__file__)",
    "getline": "linecache.getline(lib.__file__, 1)",
    "traceback": "lib.trace()",
    "warning": "warnings.formatwarning('x', UserWarning, lib.__file__, 1)",
    "stack": "lib.stack()",
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_lines_also_out_of_the_cache(project, way):
    project.file("lib.py", """
        import inspect, traceback

        def value():
            return 1

        def trace():
            try:
                raise ValueError
            except ValueError:
                traceback.format_exc()

        def stack():
            return inspect.stack()
    """)
    body = """
        import inspect, linecache, warnings
        import lib

        def test_first():
            %s

        def test_cached():
            %s

        def test_none():
            lib.value()
    """ % (WAYS[way], WAYS[way])
    project.file("test_a.py", body)
    record = project.same("-q").record
    for name in ("first", "cached"):
        assert "lib.py" in whole(record, "test_a.py::test_" + name)
    assert not whole(record, "test_a.py::test_none") & {"lib.py", "test_a.py"}


def test_looks_at_what_is_cached_or_loaded_are_nobodys(project):
    """A traceback or a source makes Python look at all files it knows."""
    project.write(lib="def value(): return 1\n", other="", third="")
    project.file("test_a.py", """
        import inspect, linecache
        import lib, other, third

        def test_fill():
            linecache.getlines(other.__file__)

        def test_check():
            linecache.checkcache()

        def test_module():
            inspect.getmodule(lib.value.__code__)

        def test_source():
            inspect.getsource(lib.value)
    """)
    record = project.same("-q").record
    assert whole(record, "test_a.py::test_fill") == {"other.py"}
    assert whole(record, "test_a.py::test_check") == set()
    assert whole(record, "test_a.py::test_module") == set()
    assert whole(record, "test_a.py::test_source") == {"lib.py"}


def test_reports_of_pytest_read_no_source(project):
    project.write(lib="import warnings\n"
                      "def fails():\n    raise ValueError\n"
                      "def warns():\n    warnings.warn('x')\n")
    project.file("test_a.py", """
        import pytest
        import lib

        @pytest.mark.xfail
        def test_xfail():
            lib.fails()

        def test_warning():
            lib.warns()
    """)
    record = project.same().record
    for name in ("xfail", "warning"):
        assert not whole(record, "test_a.py::test_" + name) & {
            "lib.py", "test_a.py"}


def test_doctests_read_no_source(project):
    project.file("lib.py", '''
        """Module.

        >>> value()
        1
        """

        def value():
            """
            >>> value()
            1
            """
            return 1
    ''')
    record = project.same("-q", "--doctest-modules").record
    assert set(record.units()) == {"lib.py::lib", "lib.py::lib.value"}
    for name in record.units():
        assert "lib.py" not in record.reads_of(name)
        assert any(path.endswith("/lib.py")
                   for scope in record.unit(name)
                   for path in record.sources.get(scope, ()))
