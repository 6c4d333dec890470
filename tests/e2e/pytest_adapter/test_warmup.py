# SPDX-License-Identifier: MIT
"""Python 3.11, whose code objects are quickened after a few calls."""

import textwrap

import pytest

from test_functions import (  # noqa: F401
    each, every, in_versions, other, unit, way)
from test_versions import python  # noqa: F401

alone = in_versions(11, most=11)
both = in_versions(11, "evaluator", most=11)


def entered(record, name):
    return record.entered(unit(name), "lib.py")


def joined(*parts):
    return "".join(map(textwrap.dedent, parts))


def passes(record):
    assert set(record.units().values()) == {"passed"}


@alone
def test_the_evaluator_takes_over(each):
    """A probe that has run already is taken for an unknown interpreter."""
    each.write(mine="""\
        from _ftrace.languages.python.entered import functions
        functions._inner()
        """, lib="def one(): return 1\n", test_a="""\
        import sys, lib
        def test_a():
            lib.one()
            functions = sys.modules["_ftrace.languages.python.entered.functions"]
            assert functions.mode == "evaluator"
        def test_b(): pass
        """)
    record = each.traced(
        "-q", "-p", "mine", env={"PYTHONPATH": str(each.adapter.parent)}).record
    passes(record)
    assert entered(record, "test_a") == {"one"}
    assert entered(record, "test_b") == set()


@alone
def test_unknown_generators(each):
    """Where a method is somebody else's nothing is left replaced."""
    each.write(mine="""\
        from _ftrace.languages.python.entered import functions
        def never():
            return iter([1])
        functions._yielding = never
        """, lib="def one(): return 1\n", test_a="""\
        import gc, sys, lib
        def numbers():
            yield 1
            yield 2
        def test_a():
            lib.one()
            functions = sys.modules["_ftrace.languages.python.entered.functions"]
            assert functions.mode == "evaluator"
            it = numbers()
            next(it)
            it.close()
            assert not list(it)
        """)
    record = each.traced(
        "-q", "-p", "mine", env={"PYTHONPATH": str(each.adapter.parent)}).record
    passes(record)
    assert entered(record, "test_a") == {"one"}


WARM = """\
    import lib
    box = lib.Box(3)
    def work(times):
        for _ in range(times):
            assert lib.total(box, 4) == 12
            assert list(lib.numbers(2)) == [0, 1]
    """

WARM_LIB = """\
    class Box:
        def __init__(self, size): self.size = size
        def add(self, n): return n + self.size
        @property
        def twice(self): return self.size * 2
    def total(box, times):
        result = 0
        while times > 0:
            result = box.add(result)
            times -= 1
        return result
    def numbers(n):
        for i in range(n):
            yield i
    def recurse(n): return 0 if n == 0 else 1 + recurse(n - 1)
    def unused(): return 1
    """


@both
@pytest.mark.parametrize("times", (1, 7, 8, 9, 70_000))
def test_each_time_it_is_told(each, times):
    each.write(lib=WARM_LIB, test_a=joined(WARM, """\
    def test_a(): work(%d)
    def test_b(): work(1)
    def test_none(): pass
    def test_c(): work(3)
    def test_d(): assert box.twice == 6
    def test_e(): work(9)
    def test_again(): assert lib.total(box, 1) == 3
    """ % times))
    record = each.traced("-q").record
    passes(record)
    assert not record.coarse
    everything = {"Box.add", "total", "numbers"}
    for name in ("test_a", "test_b", "test_c", "test_e"):
        assert entered(record, name) == everything
    assert entered(record, "test_none") == set()
    assert entered(record, "test_d") == {"Box.twice"}
    assert entered(record, "test_again") == {"total", "Box.add"}


@both
def test_nothing_is_to_be_seen(each):
    """What can be asked of code is the same before and after it ran."""
    each.write(lib=WARM_LIB, test_a=joined(WARM, """\
    import dis, io, marshal
    def kept(code):
        text = io.StringIO()
        dis.dis(code, file=text)
        return (marshal.loads(marshal.dumps(code)), code.co_code, hash(code),
                text.getvalue(), code.replace(), list(code.co_lines()),
                code.co_consts)
    codes = [lib.total.__code__, lib.numbers.__code__, lib.Box.add.__code__]
    before = [kept(code) for code in codes]
    def same(): assert [kept(code) for code in codes] == before
    def test_new(): same()
    def test_few(): work(2)
    def test_after_few(): same()
    def test_many():
        work(100)
        same()
    def test_after_many(): same()
    def test_compiled():
        with open(lib.__file__) as file:
            again = compile(file.read(), lib.__file__, "exec")
        found = [c for c in again.co_consts if getattr(c, "co_name", 0)
                 == "total"]
        assert found == [lib.total.__code__]
        assert hash(found[0]) == hash(lib.total.__code__)
    """))
    passes(each.same("-q").record)


@both
def test_tracers_of_code_that_is_warm(each):
    each.write(lib=WARM_LIB, test_a=joined(WARM, """\
    import sys
    def hear(frame, event, arg):
        if frame.f_code.co_filename == lib.__file__:
            frame.f_trace_opcodes = True
            heard.append((event, frame.f_code.co_name, frame.f_lineno,
                          frame.f_lasti))
        return hear
    def traced():
        global heard
        heard = []
        sys.settrace(hear)
        work(2)
        sys.settrace(None)
        return heard
    first = traced()
    def test_warm(): work(50)
    def test_trace(): assert traced() == first
    def test_none(): pass
    def test_again():
        work(50)
        assert traced() == first
    """))
    record = each.traced("-q").record
    passes(record)
    for name in ("test_warm", "test_trace", "test_again"):
        assert entered(record, name) == {"Box.add", "total", "numbers"}
    assert entered(record, "test_none") == set()


@both
def test_scopes_change_in_the_midst(each):
    """Of code that runs, and has been made faster, on several frames."""
    each.file("conftest.py", """\
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_protocol(item):
            for i in range(20):
                if i == 10:
                    yield
        """)
    each.write(**{"m%d" % i: "import lib\nlib.recurse(12)\n"
                  for i in range(40)}, lib=WARM_LIB, test_a=joined(WARM, """\
    import importlib
    class Odd:
        def __init__(self, number): self.number = number
        def __add__(self, other):
            importlib.import_module("m%d" % (self.number * 2))
            return Odd(self.number + 1)
        def __del__(self):
            importlib.import_module("m%d" % (self.number * 2 + 1))
        def __getattr__(self, name): return self[name]
        def __getitem__(self, name): return (self + 1).number
        def __eq__(self, other): return bool(self + 1)
    def nested(depth, number):
        if depth:
            return nested(depth - 1, number)
        odd = Odd(number)
        return [odd + 1 == 1, odd.name, odd["name"], odd == 3]
    def test_a():
        for number in range(19):
            for _ in range(30):
                found = nested(5, number)
            assert found == [True, number + 1, number + 1, True]
            work(10)
    """))
    record = each.traced("-q").record
    passes(record)
    assert entered(record, "test_a") >= {"Box.add", "total", "numbers"}
    for i in range(38):
        assert record.entered("module/m%d" % i, "lib.py") >= {"recurse"}


THROWS = """\
    import contextlib, types
    ended = []
    def numbers():
        while True:
            try:
                yield 1
            except KeyError:
                pass
            finally:
                ended.append("numbers")
    def around():
        yield from numbers()
    @contextlib.contextmanager
    def managed():
        try:
            yield 1
        except KeyError:
            ended.append("managed")
    @types.coroutine
    def pause():
        yield 1
    async def inner(): await pause()
    async def outer(): await inner()
    class Waits:
        def __await__(self): return around()
    async def waits(): await Waits()
    async def ticks():
        try:
            yield 1
            await pause()
            yield 2
        finally:
            ended.append("ticks")
    async def steps():
        async for _ in ticks():
            pass
    """

THROWN = """\
    import gc, pytest, lib
    def first(make):
        it = make()
        try:
            it.send(None)
        except AttributeError:
            next(it)
        return it
    def begun(make):
        for _ in range(WARM):
            first(make)
        return first(make)
    def asend(): return lib.ticks().asend(None)
    def close(it): it.close()
    def throw(it, error=ValueError):
        with pytest.raises(error):
            it.throw(error)
    closed, thrown, dropped, caught, collected, cleared, deleted = [
        begun(lib.numbers) for _ in range(7)]
    around, around_cleared = begun(lib.around), begun(lib.around)
    coroutine, coroutine_thrown = begun(lib.outer), begun(lib.outer)
    wrapped = lib.outer().__await__()
    next(wrapped)
    wrapped_closed = lib.outer().__await__()
    next(wrapped_closed)
    waits, steps = begun(lib.waits), begun(lib.steps)
    manager = lib.managed()
    manager.__enter__()
    agen, agen_thrown, agen_next = lib.ticks(), lib.ticks(), lib.ticks()
    for each in agen, agen_thrown, agen_next:
        with pytest.raises(StopIteration):
            each.asend(None).send(None)
    asent = agen_thrown.asend(None)
    asent.send(None)
    """


@every
@pytest.mark.parametrize("warm", (0, 30))
def test_what_is_thrown_into(each, warm):
    text = THROWN.replace("WARM", str(warm))
    each.write(lib=THROWS, test_a=joined(text, """\
    lib.ended.clear()
    def test_close(): close(closed)
    def test_throw(): throw(thrown)
    def test_drop():
        global dropped
        del dropped
        assert lib.ended == ["numbers"] * 3
    def test_caught(): assert caught.throw(KeyError) == 1
    def test_caught_again(): assert caught.throw(KeyError) == 1
    def test_collect():
        global collected
        kept = [collected]
        kept.append(kept)
        del collected, kept
        gc.collect()
        assert len(lib.ended) == 6
    def clear(it):
        try:
            it.gi_frame.clear()
        except RuntimeError:  # of 3.13, where it is still in use
            it.close()
    def test_clear(): clear(cleared)
    def test_deleted(): deleted.__del__()
    def test_around(): throw(around)
    def test_around_cleared(): clear(around_cleared)
    def test_coroutine(): close(coroutine)
    def test_coroutine_thrown(): throw(coroutine_thrown)
    def test_wrapped(): throw(wrapped)
    def test_wrapped_closed(): close(wrapped_closed)
    def test_waits(): throw(waits)
    def test_steps(): close(steps)
    def test_manager(): manager.__exit__(KeyError, KeyError(), None)
    def test_agen():
        with pytest.raises(StopIteration):
            agen.aclose().send(None)
    def test_asent(): throw(asent)
    def test_agen_next():
        with pytest.raises((StopIteration, StopAsyncIteration)):
            next(agen_next.athrow(StopAsyncIteration))
    def test_none(): pass
    """))
    record = each.traced("-q").record
    units = record.units()
    assert {name for name, word in units.items() if word != "passed"} <= {
        "test_a.py::test_agen_next"}
    # Before 3.11 a decorated function has lost its name.
    pause = "pause" if each.minor > 10 else "?"
    inside = {"outer", "inner", pause}
    # From 3.13 on closing runs nothing where nothing would handle it.
    shut = {pause} if each.minor > 12 else set()
    expected = {
        "close": {"numbers"}, "throw": {"numbers"}, "drop": {"numbers"},
        "caught": {"numbers"}, "caught_again": {"numbers"},
        "collect": {"numbers"}, "clear": {"numbers"},
        "deleted": {"numbers"}, "around": {"around", "numbers"},
        "around_cleared": {"around", "numbers"}, "coroutine": inside - shut,
        "coroutine_thrown": inside, "wrapped": inside,
        "wrapped_closed": inside - shut,
        "waits": {"waits", "around", "numbers"},
        "steps": {"steps", "ticks", pause} - shut, "manager": {"managed"},
        "agen": {"ticks"}, "asent": {"ticks", pause},
        "agen_next": {"ticks"}, "none": set()}
    found = {name: entered(record, "test_" + name) for name in expected}
    assert found == expected


@both
def test_cancelled_tasks(each):
    each.write(lib="""\
        import asyncio
        left = []
        async def inner():
            try:
                await asyncio.sleep(100)
            finally:
                left.append(1)
        async def outer(): await inner()
        async def turn(): await asyncio.sleep(0)
        """, test_a="""\
        import asyncio, lib
        loop = asyncio.new_event_loop()
        task = loop.create_task(lib.outer())
        def test_start(): loop.run_until_complete(lib.turn())
        def test_wait(): loop.run_until_complete(lib.turn())
        def test_cancel():
            task.cancel()
            loop.run_until_complete(asyncio.wait([task]))
            assert lib.left == [1]
        """)
    record = each.traced("-q").record
    passes(record)
    assert entered(record, "test_start") == {"outer", "inner", "turn"}
    assert entered(record, "test_wait") == {"turn"}
    assert entered(record, "test_cancel") == {"outer", "inner"}


@both
def test_generators_go_on_when_warm(each):
    each.write(lib="""\
        def numbers():
            n = 0
            while True:
                n = yield n
        async def answer(): return 1
        """, test_a="""\
        import lib
        it = lib.numbers()
        next(it)
        def test_warm():
            for i in range(100): assert it.send(i) == i
        def test_none(): pass
        def test_next(): next(it)
        def test_send(): it.send(1)
        """)
    record = each.traced("-q").record
    passes(record)
    for name in ("test_warm", "test_next", "test_send"):
        assert entered(record, name) == {"numbers"}
    assert entered(record, "test_none") == set()


FORK = """\
    import os, lib
    def warm():
        for _ in range(100):
            lib.one()
    def child(fork):
        pid = fork()
        if not pid:
            lib.one()
            lib.deep(100)
            for _ in range(200):
                next(it)
            it.close()
            os.kill(os.getpid(), 9)
        os.waitpid(pid, 0)
    it = lib.numbers()
    next(it)
    def test_warm(): warm()
    """

FORK_LIB = """\
    def one(): return two()
    def two(): return 1
    def deep(n): return n and deep(n - 1)
    def numbers():
        while True:
            yield 1
    """


@both
def test_children_of_what_is_warm(each):
    each.write(lib=FORK_LIB, test_a=joined(FORK, """\
    def test_fork(): child(os.fork)
    def test_after(): lib.two()
    """))
    record = each.traced("-q").record
    passes(record)
    assert record.entered("run/", "lib.py") == {
        "one", "two", "deep", "numbers"}
    assert entered(record, "test_fork") == set()
    assert entered(record, "test_after") == {"two"}


@both
def test_children_that_c_forks(each):
    each.write(lib=FORK_LIB, test_a=joined(FORK, """\
    import ctypes
    def test_fork(): child(ctypes.PyDLL(None).fork)
    """))
    record = each.traced("-q").record
    passes(record)
    assert record.entered("run/", "lib.py") == {
        "one", "two", "deep", "numbers"}


@both
def test_children_with_another_evaluator(other):
    other.write(lib=FORK_LIB, test_a=joined(FORK, """\
    import other
    def test_fork():
        other.library.set(1)
        child(os.fork)
        other.library.set(0)
    """))
    record = other.traced("-q", check=False).record
    passes(record)
    assert record.coarse
