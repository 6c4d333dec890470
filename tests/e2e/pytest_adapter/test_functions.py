# SPDX-License-Identifier: MIT
"""Which functions the plugin says that a scope entered."""

import pytest

from test_versions import PYTHONS, python  # noqa: F401

VERSIONS = list(PYTHONS)


@pytest.fixture
def way(request):
    """How functions are to be recorded, where there is a choice."""
    return getattr(request, "param", None)


@pytest.fixture
def each(project, python, way):  # noqa: F811
    """A project for each interpreter that there is, and each way."""
    project.python = python
    project.way = way
    project.minor = int(python_version(project)[2:])
    project.evaluates = project.minor < 11 or way == "evaluator"
    return project


def python_version(project):
    import subprocess
    return subprocess.check_output(
        [project.python, "-c",
         "import sys; print('%d.%d' % sys.version_info[:2])"],
        universal_newlines=True).strip()


def in_versions(least, *ways, most=99):
    """With each interpreter from a minor version on, and 3.11 in ways."""
    found = [(name, None) for name in VERSIONS
             if least <= int(name[2:]) <= most]
    found += [("3.11", each) for each in ways if "3.11" in VERSIONS]
    return pytest.mark.parametrize(
        ("python", "way"), found, indirect=True,
        ids=["-".join(filter(None, each)) for each in found])


every = in_versions(9, "evaluator")
tripped = in_versions(11)
monitored = in_versions(12)


def unit(name, file="test_a.py"):
    return "unit/pytest/%s::%s" % (file, name)


LIB = """\
    import functools
    def plain():
        return inner()
    def inner():
        return 1
    class A:
        squares = [i * i for i in range(3)]
        def __init__(self):
            self.x = 1
        @property
        def prop(self):
            return 1
        def __getitem__(self, i):
            return i
        def method(self):
            def local():
                global made
                def made():
                    return 5
                return [(lambda: 3)() for _ in range(1)]
            return local()
        class B:
            def deep(self):
                return 1
    def twice(function):
        @functools.wraps(function)
        def wrapper(*args):
            return function(*args)
        return wrapper
    @twice
    def wrapped():
        return 1
    def numbers():
        yield 1
        yield 2
    def never():
        return 0
    class Aliased:
        def setup(self):
            self.x = 1
        __init__ = setup
    """

WAYS = """\
    import lib
    def test_plain():
        lib.plain()
    def many():
        for _ in range(50):
            a = lib.A()
        return a
    def test_class():
        a = many()
        assert a.prop + a[1] == 2
    def test_class_again():
        many()
    def make():
        for _ in range(50):
            lib.Aliased()
    def test_aliased(): make()
    def test_aliased_again(): make()
    def test_names():
        lib.A().method()
        lib.made()
        lib.A.B().deep()
        lib.wrapped()
    def test_none():
        pass
    """

INIT = {"A.__init__"}


@every
@pytest.mark.parametrize("how", ("", "monitoring"))
def test_names_and_ways(each, how):
    if how == "monitoring" and each.minor < 12:
        pytest.skip("there is no sys.monitoring")
    each.write(lib=LIB, test_a=WAYS)
    env = {"FTRACE_FUNCTIONS": how} if how else {}
    record = each.traced("-q", env=env).record

    def lib(name):
        return record.entered(unit(name), "lib.py")

    assert not record.coarse
    assert lib("test_plain") == {"plain", "inner"}
    assert lib("test_class") == INIT | {"A.prop", "A.__getitem__"}
    assert lib("test_class_again") == INIT
    assert lib("test_aliased") == {"Aliased.setup"}
    assert lib("test_aliased_again") == {"Aliased.setup"}
    names = {"A.method", "A.method.<locals>.local", "made", "A.B.deep",
             "twice.<locals>.wrapper", "wrapped",
             "A.method.<locals>.local.<locals>.<listcomp>.<lambda>",
             "A.method.<locals>.local.<locals>.<listcomp>"}
    if each.minor >= 12:
        # Comprehensions are inlined.
        names -= {name for name in names if "<listcomp>" in name}
        names.add("A.method.<locals>.local.<locals>.<lambda>")
    assert lib("test_names") == INIT | names
    assert lib("test_none") == set()
    assert record.entered(unit("test_none")) == {"test_none"}
    assert {"A", "A.B", "twice"} <= record.entered("module/lib", "lib.py")
    everything = {name for scope in record.uses
                  for name in record.entered(scope)}
    assert "never" not in everything


@every
def test_generators_and_coroutines(each):
    each.write(lib="""\
        import asyncio
        def numbers():
            yield 1
            yield 2
            yield 3
        async def answer():
            await asyncio.sleep(0)
            return 42
        """, test_a="""\
        import asyncio, lib
        it = lib.numbers()
        loop = asyncio.new_event_loop()
        task = loop.create_task(lib.answer())
        def test_first(): next(it)
        def test_second(): next(it)
        def test_thrown():
            try:
                it.throw(KeyError)
            except KeyError:
                pass
        def test_loop(): assert loop.run_until_complete(task) == 42
        def test_none(): pass
        """)
    record = each.traced("-q").record
    for name in ("test_first", "test_second", "test_thrown"):
        assert record.entered(unit(name), "lib.py") == {"numbers"}
    assert record.entered(unit("test_loop"), "lib.py") == {"answer"}
    assert not record.entered(unit("test_none"), "lib.py")


@every
def test_threads_and_children(each):
    each.write(lib="""\
        def one(): two()
        def two(): pass
        def three(): pass
        """, test_a="""\
        import os, signal, subprocess, sys, threading, lib
        def test_thread():
            t = threading.Thread(target=lib.one)
            t.start()
            t.join()
        def test_killed_child():
            lib.three()
            pid = os.fork()
            if not pid:
                lib.one()
                os.kill(os.getpid(), signal.SIGKILL)
            os.waitpid(pid, 0)
        def test_thread_of_child():
            pid = os.fork()
            if not pid:
                t = threading.Thread(target=lib.one)
                t.start()
                t.join()
                os._exit(0)
            os.waitpid(pid, 0)
        def test_program():
            subprocess.run([sys.executable, "-c", ""], check=True)
            subprocess.run([sys.executable, "-c", ""], close_fds=False)
            lib.two()
        """)
    result = each.traced("-q")
    record = result.record
    assert "4 passed" in result.text

    def lib(name):
        return record.entered(unit(name), "lib.py")

    assert lib("test_thread") == {"one", "two"}
    # A recorder that stands in for the tracer sees no scope in a child.
    child = record.entered("run/", "lib.py")
    assert child == {"one", "two"}
    assert lib("test_killed_child") == {"three"}
    assert lib("test_program") == {"two"}
    assert len({token for _, token, _ in record.entries}) == 3


@every
def test_exec_loses_nothing(each):
    each.write(lib="def one(): pass\n", test_a="""\
        import os, lib
        def test_a():
            lib.one()
            os.execv("/bin/true", ["true"])
        """)
    record = each.traced("-q", check=False).record
    assert record.entered(unit("test_a"), "lib.py") == {"one"}


@every
def test_odd_code(each):
    each.write(test_a=r"""
        import os, pytest, types
        NAMES = ["<string>", "<template>", "nothing", "", "\udcff\udcfe",
                 "\ud800", "x" * 5000, "/" * 5000, "a/b\nc.py", "<x>y.py",
                 __file__]
        @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
        def test_name(name):
            names = {}
            exec(compile("def odd(): return 1\nodd()", name, "exec"), names)
            assert names["odd"]() == 1
        def test_qualname():
            def f(): return 1
            for name in ("a/b", "a\nb", "", "x" * 5000, "\udcff", "\ud800"):
                change = {"co_name": name}
                if hasattr(f.__code__, "co_qualname"):
                    change["co_qualname"] = name
                g = types.FunctionType(f.__code__.replace(**change), {})
                assert g() == 1
        """)
    result = each.same("-q")
    record = result.record
    assert "12 passed" in result.text
    assert not record.coarse
    # What a mark cannot hold is unknown, and of the file all the same.
    assert "?" in record.entered(unit("test_qualname"))
    assert "odd" in record.entered(unit("test_name[10]"))
    for number in range(10):
        assert "odd" not in record.entered(unit("test_name[%d]" % number))


@every
def test_relative_file_names(each):
    """Of two modules of one relative name each is told apart for good."""
    each.file("a/mod.py", "def f(): return 'a'\n")
    each.file("b/mod.py", "def f(): return 'b'\n")
    each.write(test_a="""\
        import os
        def load(folder):
            old = os.getcwd()
            os.chdir(folder)
            with open("mod.py") as file:
                code = compile(file.read(), "mod.py", "exec")
            names = {}
            exec(code, names)
            os.chdir(old)
            return names["f"]
        a, b = load("a"), load("b")
        def test_a(): assert a() == "a"
        def test_b(): assert b() == "b"
        """)
    record = each.traced("-q").record
    for name in "ab":
        scope = unit("test_" + name)
        paths = {record.codes[token, number][1]
                 for each_scope, token, number in record.entries
                 if each_scope == scope}
        assert paths == {str(each.root / "test_a.py"),
                         str(each.root / name / "mod.py")}


DEPTH = """\
    import json, sys, threading
    def measure(step):
        depth = 0
        def down():
            nonlocal depth
            depth += 1
            step(down)
        try:
            down()
        except RecursionError:
            return depth
    class A:
        def __init__(self, go): self.go = go
        def method(self): self.go()
        @property
        def prop(self): self.go()
    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)
    def in_thread(size, function, *args):
        got = []
        threading.stack_size(size)
        t = threading.Thread(target=lambda: got.append(function(*args)))
        t.start()
        t.join()
        threading.stack_size(0)
        return got
    def test_same_depth():
        found = [measure(lambda f: f()), measure(lambda f: A(f).method()),
                 measure(lambda f: A(f).prop),
                 in_thread(8 << 20, measure, lambda f: f())]
        with open("depth.txt", "w") as file:
            print(*found, file=file)
    def test_c_recursion():
        def nested(n):
            json.loads("[" * n + "]" * n)
        def at(n, function, arg):
            return at(n - 1, function, arg) if n else function(arg)
        at(500, nested, 400)
    def test_limit():
        depth = 40000 if sys.version_info >= (3, 11) else 8000
        old = sys.getrecursionlimit()
        sys.setrecursionlimit(50000)
        assert deep(depth) == depth
        sys.setrecursionlimit(old)
    def test_small_stack():
        n = 400 if sys.version_info >= (3, 11) else 10
        assert in_thread(64 * 1024, deep, n) == [n]
    def test_after():
        deep(3)
    """


@every
def test_recursion(each):
    each.write(test_a=DEPTH)
    depths = []
    for traced in (False, True):
        result = (each.traced if traced else each.plain)("-q")
        assert "5 passed" in result.text
        depths.append((each.root / "depth.txt").read_text())
    assert depths[0] == depths[1]
    record = result.record
    assert {"test_after", "deep"} <= record.entered(unit("test_after"))
    # Only where nothing else can take over is anything given up.
    assert set(record.coarse) == (
        {unit("test_limit"), unit("test_small_stack")}
        if each.minor == 11 and each.evaluates else set())
    for name in ("test_limit", "test_small_stack"):
        assert "deep" in record.entered(unit(name))


@every
def test_many_calls(each):
    each.write(test_a="""\
        def f(): return 1
        def late(): return f()
        def test_many():
            for _ in range(1_200_000):
                f()
            late()
        def test_next():
            f()
        def test_none(): pass
        """)
    record = each.traced("-q").record
    entered = record.entered(unit("test_many"))
    if each.minor == 11 and each.evaluates:
        assert record.coarse == {unit("test_many"): {"too many calls"}}
    else:
        assert not record.coarse
        assert entered == {"test_many", "f", "late"}
    assert record.entered(unit("test_next")) == {"test_next", "f"}
    assert record.entered(unit("test_none")) == {"test_none"}


@every
def test_tracers_beside_it(each):
    each.write(lib="def f(): return g()\ndef g(): return 1\n", test_a="""\
        import sys, lib
        def hear(frame, event, arg):
            heard.append((event, frame.f_code.co_name))
            return hear
        def test_trace():
            global heard
            heard = []
            sys.settrace(hear)
            lib.f()
            sys.settrace(None)
            assert [h for h in heard if h[0] != "line"] == [
                ("call", "f"), ("call", "g"), ("return", "g"),
                ("return", "f")]
        def test_profile():
            global heard
            heard = []
            sys.setprofile(hear)
            lib.f()
            sys.setprofile(None)
            assert [h for h in heard if h[0] == "call"] == [
                ("call", "f"), ("call", "g")]
        def test_monitoring():
            if not hasattr(sys, "monitoring"):
                return
            m, seen = sys.monitoring, []
            m.use_tool_id(1, "test")
            m.register_callback(1, m.events.PY_START,
                                lambda code, _: seen.append(code.co_name))
            m.set_events(1, m.events.PY_START)
            lib.f()
            m.set_events(1, 0)
            m.free_tool_id(1)
            assert seen == ["f", "g"]
        """)
    record = each.traced("-q").record
    for name in ("test_trace", "test_profile"):
        assert record.entered(unit(name), "lib.py") == {"f", "g"}
    assert len(record.units()) == 3
    assert set(record.units().values()) == {"passed"}


EVALUATOR = """\
    #include <stddef.h>
    typedef void *evaluator(void *, void *, int);
    extern evaluator _PyEval_EvalFrameDefault;
    extern evaluator *_PyInterpreterState_GetEvalFrameFunc(void *);
    extern void _PyInterpreterState_SetEvalFrameFunc(void *, evaluator *);
    extern void *PyInterpreterState_Get(void);
    int calls;
    static void *count(void *thread, void *frame, int throwing)
    {
        calls++;
        return _PyEval_EvalFrameDefault(thread, frame, throwing);
    }
    void set(int on)
    {
        _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(),
            on ? count : _PyEval_EvalFrameDefault);
    }
    """


@pytest.fixture
def other(each):
    import subprocess
    source = each.file("other.c", EVALUATOR)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", each.root / "libother.so",
                    source], check=True)
    each.write(other="""\
        import ctypes, os
        library = ctypes.PyDLL(os.path.join(
            os.path.dirname(os.path.abspath(__file__)), "libother.so"))
        def calls(): return ctypes.c_int.in_dll(library, "calls").value
        """)
    return each


@every
def test_another_evaluator_later(other):
    other.write(lib="def f(): return 1\n", test_a="""\
        import lib, other
        def test_before(): lib.f()
        def test_set():
            other.library.set(1)
            lib.f()
            assert other.calls()
        def test_in_use():
            lib.f()
        def test_taken_back():
            other.library.set(0)
        def test_after(): lib.f()
        """)
    record = other.traced("-q").record
    assert record.entered(unit("test_before"), "lib.py") == {"f"}
    assert record.entered(unit("test_after"), "lib.py") == {"f"}
    for name in ("test_set", "test_in_use", "test_taken_back"):
        assert record.coarse[unit(name)]
    for name in ("test_before", "test_after"):
        assert unit(name) not in record.coarse


@every
def test_another_evaluator_before(other):
    other.write(sitecustomize="import other\nother.library.set(1)\n",
                lib="def f(): return 1\n", test_a="""\
        import lib, other
        def test_a():
            before = other.calls()
            lib.f()
            assert other.calls() > before
        """)
    record = other.traced(
        "-q", env={"PYTHONPATH": str(other.root)}).record
    assert record.entered(unit("test_a"), "lib.py") == {"f"}
    assert not record.coarse


@every
def test_subinterpreter(each):
    each.write(lib="def f(): return 1\n", test_a="""\
        import lib
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        def test_before(): lib.f()
        def test_sub():
            sub = interpreters.create()
            interpreters.run_string(sub, "import os; os.getcwd()")
            interpreters.destroy(sub)
        def test_after(): lib.f()
        """)
    record = each.traced("-q").record
    assert set(record.coarse) == {unit("test_sub")}
    assert record.entered(unit("test_after"), "lib.py") == {"f"}


@every
def test_opened_files(each):
    each.file("one.txt", "1")
    each.write(lib="""\
        import os, pathlib
        def read(path):
            with open(path) as file:
                return file.read()
        def write(path):
            with open(path, "w") as file:
                file.write("")
        kept = {}
        def listed():
            kept["names"] = os.listdir("."), [each.name for each in
                                              os.scandir()]
        def through_library():
            kept["text"] = pathlib.Path("one.txt").read_text()
        here = read("one.txt")
        """, test_a="""\
        import os, lib
        def test_read():
            for _ in range(3):
                lib.read("one.txt")
            lib.read(b"one.txt")
            lib.read(os.open("one.txt", os.O_RDONLY))
        def test_write(tmp_path): lib.write(str(tmp_path / "x"))
        def test_list(): lib.listed()
        def test_library(): lib.through_library()
        def test_error():
            try:
                raise KeyError("kept")
            except KeyError as error:
                try:
                    lib.read("missing.txt")
                except OSError as other:
                    assert other.__context__ is error
        """)
    record = each.traced("-q").record
    path = "%s/one.txt" % each.root
    assert record.blocks["memo/lib.py"] == {
        "read//" + path, "list//%s/." % each.root}
    assert "memo/lib.py" in record.uses["module/lib"]
    assert "memo/test_a.py" not in record.uses


@every
def test_off_is_said(each):
    each.write(test_a="""\
        import os
        def test_a(): assert "FTRACE_FUNCTIONS" not in os.environ
        """)
    record = each.traced("-q", env={"FTRACE_FUNCTIONS": "off"}).record
    assert record.coarse == {"run/": {"FTRACE_FUNCTIONS=off"}}
    assert not record.entries
    assert record.units() == {"test_a.py::test_a": "passed"}


@monitored
def test_monitoring_and_threads(each):
    """An event that one thread silenced is not missed in another's scope."""
    each.write(lib="def f(): return 1\n", late="import lib\nlib.f()\n",
               test_a="""\
        import threading, lib
        def test_a():
            lib.f()
            t = threading.Thread(target=__import__, args=("late",))
            t.start()
            t.join()
        def test_b(): lib.f()
        """)
    record = each.traced(
        "-q", env={"FTRACE_FUNCTIONS": "monitoring"}).record
    assert ("f" in record.entered("module/late", "lib.py")
            or "module/late" in record.coarse)
    assert record.entered(unit("test_b"), "lib.py") == {"f"}


@every
def test_greenlets(each):
    import subprocess
    if subprocess.run([each.python, "-c", "import greenlet"],
                      stderr=subprocess.DEVNULL).returncode:
        pytest.skip("greenlet is not installed")
    each.write(lib="""\
        import greenlet
        def deep(n):
            if n:
                return deep(n - 1)
            greenlet.getcurrent().parent.switch()
            return after()
        def after(): return 1
        """, test_a="""\
        import sys, greenlet, lib
        g = greenlet.greenlet(lib.deep)
        def test_start(): g.switch(900 - len(__import__("inspect").stack()))
        def test_other(): pass
        def test_resume(): g.switch()
        def test_left():
            sys.setrecursionlimit(50000)
            kept = greenlet.greenlet(lib.deep)
            kept.switch(8000)
            del kept
            sys.setrecursionlimit(1000)
        def test_last(): lib.after()
        """)
    record = each.traced("-q").record
    assert set(record.units().values()) == {"passed"}
    assert record.entered(unit("test_start"), "lib.py") == {"deep"}
    assert "after" in record.entered(unit("test_resume"), "lib.py")
    assert not record.entered(unit("test_other"), "lib.py")
    assert record.entered(unit("test_last"), "lib.py") == {"after"}
