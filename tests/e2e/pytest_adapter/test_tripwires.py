# SPDX-License-Identifier: MIT
"""From Python 3.11 on: code objects tell by themselves that they ran."""

from test_functions import (  # noqa: F401
    each, monitored, tripped, unit, way)
from test_versions import python  # noqa: F401


def entered(record, name):
    return record.entered(unit(name), "lib.py")


@tripped
def test_it_is_what_is_used(each):
    each.write(test_a="""\
        import sys
        def test_a():
            modules = sys.modules
            name = "_ftrace.languages.python.entered.functions"
            found = [m for n, m in list(modules.items()) if n == name]
            assert [m.mode for m in found] == ["tripwires"]
        """)
    record = each.traced("-q").record
    assert set(record.units().values()) == {"passed"}


@monitored
def test_without_them_events_tell(each):
    """A probe that has run already is taken for an unknown interpreter."""
    each.write(mine="""\
        import sys
        m = sys.monitoring
        m.use_tool_id(1, "mine")
        m.set_events(1, m.events.PY_THROW)
        from _ftrace.languages.python.entered import functions
        functions._inner()
        """, lib="def one(): return 1\n", test_a="""\
        import sys, lib
        def test_a():
            lib.one()
            functions = sys.modules["_ftrace.languages.python.entered.functions"]
            assert functions.mode == "monitoring"
        def test_b(): pass
        """)
    record = each.traced(
        "-q", "-p", "mine", env={"PYTHONPATH": str(each.adapter.parent)}).record
    assert set(record.units().values()) == {"passed"}
    assert not record.coarse
    assert entered(record, "test_a") == {"one"}
    assert entered(record, "test_b") == set()


@tripped
def test_code_that_comes_late(each):
    each.write(lib="""\
        def outer():
            def inner(): return 1
            return inner
        kept = outer()
        del outer
        def one(): return 1
        def two(): return 2
        def made(name):
            names = {}
            exec(compile("def dynamic():\\n def deep(): return 1\\n"
                         " return deep\\n", __file__, "exec"), names)
            return names[name]
        """, test_a="""\
        import gc, types, lib
        copied = types.FunctionType(lib.one.__code__.replace(), {})
        deep = lib.made("dynamic")()
        gc.collect()
        def test_kept(): lib.kept()
        def test_copied(): copied()
        def test_deep(): deep()
        def test_given():
            def mine(): pass
            mine.__code__ = lib.two.__code__.replace()
            mine()
        def test_freed():
            lib.made("dynamic")()()
            gc.collect()
        def test_none(): pass
        """)
    record = each.traced("-q").record
    assert entered(record, "test_kept") == {"outer.<locals>.inner"}
    assert entered(record, "test_copied") == {"one"}
    assert entered(record, "test_deep") == {"dynamic.<locals>.deep"}
    assert entered(record, "test_given") == {"two"}
    assert entered(record, "test_freed") == {
        "made", "<module>", "dynamic", "dynamic.<locals>.deep"}
    assert entered(record, "test_none") == set()


@tripped
def test_code_that_was_there_before(each):
    each.write(lib="""\
        class A:
            def method(self): return 1
        def one(): return (lambda: 2)()
        def pytest_configure(config): one()
        """, test_a="""\
        import lib
        def test_a(): lib.A().method()
        def test_b(): lib.one()
        """)
    record = each.traced("-q", "-p", "lib").record
    assert entered(record, "test_a") == {"A.method"}
    assert entered(record, "test_b") == {"one", "one.<locals>.<lambda>"}


@tripped
def test_threads_that_import(each):
    """Who entered what is not known then, so all who may have are told."""
    each.write(lib="""\
        import threading
        begun, go_on = threading.Event(), threading.Event()
        def one(): return 1
        def two(): return 2
        def three(): return 3
        """, slow="""\
        import lib
        lib.two()
        lib.begun.set()
        lib.go_on.wait(30)
        """, quick="import lib\nlib.three()\n", test_a="""\
        import threading, lib
        def test_a():
            t = threading.Thread(target=__import__, args=("slow",))
            t.start()
            lib.begun.wait(30)
            lib.one()
            lib.go_on.set()
            t.join()
        def test_b():
            import quick
        def test_c(): pass
        """)
    record = each.traced("-q").record
    assert entered(record, "test_a") >= {"one"}
    assert record.entered("module/slow", "lib.py") >= {"two"}
    assert record.entered("module/quick", "lib.py") == {"three"}
    assert entered(record, "test_b") == set()
    assert entered(record, "test_c") == set()


@tripped
def test_threads_that_sleep(each):
    """A thread that has not run entered nothing during an import."""
    each.write(lib="""\
        import threading
        lock = threading.Lock()
        def one(): return 1
        def sleep():
            lock.acquire()
        lock.acquire()
        thread = threading.Thread(target=sleep)
        thread.start()
        """, quick="import lib\nlib.one()\n", test_a="""\
        import time, lib
        time.sleep(0.5)  # until it is asleep
        def test_a():
            import quick
        def test_b():
            lib.lock.release()
            lib.thread.join()
        """)
    record = each.traced("-q").record
    assert record.entered("module/quick", "lib.py") == {"one"}
    assert entered(record, "test_a") == set()


@tripped
def test_threads_beside_an_import(each):
    each.write(lib="""\
        import threading
        begun, go_on = threading.Event(), threading.Event()
        def one(): return 1
        def work():
            begun.wait(30)
            one()
            go_on.set()
        """, slow="""\
        import lib
        lib.begun.set()
        lib.go_on.wait(30)
        """, test_a="""\
        import threading, lib
        def test_a():
            t = threading.Thread(target=lib.work)
            t.start()
            import slow
            t.join()
        def test_b(): pass
        """)
    record = each.traced("-q").record
    assert entered(record, "test_a") == {"work", "one"}
    assert entered(record, "test_b") == set()


@tripped
def test_generators_that_are_thrown_away(each):
    each.write(lib="""\
        ended = []
        def numbers():
            try:
                yield 1
                yield 2
            finally:
                ended.append(1)
        def around():
            yield from numbers()
        """, test_a="""\
        import gc, lib
        closed, dropped, around = [lib.numbers(), lib.numbers(), lib.around()]
        for each in (closed, dropped, around):
            next(each)
        def test_close(): closed.close()
        def test_drop():
            global dropped
            del dropped
            gc.collect()
            assert len(lib.ended) == 2
        def test_around(): around.close()
        def test_none(): pass
        """)
    record = each.traced("-q").record
    assert entered(record, "test_close") == {"numbers"}
    assert entered(record, "test_drop") == {"numbers"}
    assert entered(record, "test_around") == {"numbers", "around"}
    assert entered(record, "test_none") == set()


@monitored
def test_tools_switched_on_and_off(each):
    each.write(lib="def f(): return g()\ndef g(): return 1\n", test_a="""\
        import sys, lib
        m, seen = sys.monitoring, []
        def test_on():
            lib.f()
            m.use_tool_id(1, "test")
            def hear(code, _):
                seen.append(code.co_name)
                return m.DISABLE
            m.register_callback(1, m.events.PY_START, hear)
            m.set_local_events(1, lib.g.__code__, m.events.PY_START)
            lib.f()
            lib.f()
            assert seen == ["g"]
        def test_silenced():
            lib.f()
            assert seen == ["g"]
        def test_restarted():
            m.restart_events()
            lib.f()
            lib.f()
            assert seen == ["g", "g"]
        def test_off():
            m.set_local_events(1, lib.g.__code__, 0)
            m.free_tool_id(1)
            sys.settrace(lambda *_: None)
            sys.settrace(None)
        def test_after(): lib.f()
        """)
    each.plain("-q")
    record = each.traced("-q").record
    assert set(record.units().values()) == {"passed"}
    for name in ("test_on", "test_silenced", "test_restarted", "test_after"):
        assert entered(record, name) == {"f", "g"}
    # What is prepared for another tool counts as entered.
    assert entered(record, "test_off") <= {"g"}
