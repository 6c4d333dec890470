# SPDX-License-Identifier: MIT
"""What is kept where something else lay in memory before."""

import textwrap

CLASSES = """\
    import gc
    import lib
    place = []
    def test_first():
        # Objects of classes of such modules are not looked into.
        kind = type("Kind", (), {"__module__": "threading"})
        place.append(id(kind))
        lib.begin(kind())
    def test_second():
        lib.begin(None)
        gc.collect()
        held = []
        for _ in range(20000):
            kind = type("Kind", (), {"__module__": "lib"})
            if id(kind) == place[0]:
                break
            held.append(kind)
        one = kind()
        one.value = None
        lib.begin(one)
    def test_third():
        assert lib.get() == [1]
    def test_last():
        assert lib.current.value == [1]
    """


def test_a_class_where_another_one_was(project):
    project.write("lib.py", textwrap.dedent("""\
        from rate import rate
        current = None
        def begin(value):
            global current
            current = value
        def get():
            if current.value is None:
                current.value = rate()
            return current.value
        """))
    project.write("rate.py", "def rate():\n    return [1]\n")
    project.write("test_it.py", textwrap.dedent(CLASSES))
    project.env["PYTHONPATH"] = "."
    project.pytest().ok()
    project.edit("rate.py", "[1]", "[2]")
    assert {"test_it.py::test_third", "test_it.py::test_last"} <= set(
        project.affected())
