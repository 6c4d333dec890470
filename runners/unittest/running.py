# SPDX-License-Identifier: MIT
"""Scopes of tests, and of what is set up for a class or a module of them."""

import sys
import time
import unittest
from unittest import suite

from ...languages.python import marks
from ...languages.python.entered import functions
from ...languages.python.marks import BEGIN, END, OUTCOME, USE, encode, say
from ...languages.python.recording import Finish
from . import results, tests, wrapping

_FIXTURES = ("setUpClass", "tearDownClass")

_wrapped = wrapping.Wrapped()
# Where nobody finds it who replaces it.
_clock = (time.perf_counter,)
_finish = Finish()

# The suite that the program runs.
_top = None


def uses(_test):
    """The scopes of what a runner sets up for that test besides; it may put a
    function of its own here."""
    return ()


# The unit that is open, and that which was before.
_open = _last = None

# The scope of what is set up for each class, or None, and for the module by
# its name; and how those that failed did.
_class_scopes = {}
_module_scopes = {}
_failed = {}

# How the set-up or tear-down that runs has failed.
_failure = None


def install():
    """Puts the wrappers in place; they stay until the process ends."""
    kind = suite.TestSuite
    for name, enter, leave in (
            ("_handleClassSetUp", _enter_class, _leave_class),
            ("_tearDownPreviousClass", _enter_down_class, _leave_down),
            ("_handleModuleFixture", _enter_module, _leave_module),
            ("_handleModuleTearDown", _enter_down_module, _leave_down),
            ("_addClassOrModuleLevelException", _enter_failure,
             marks.unmute),
            ("run", _enter_suite, _leave_suite)):
        wrapping.around(kind, name, enter, leave)
    watch(unittest.TestCase)
    results.install()


def watch(kind):
    """Has the tests of a class be units."""
    _wrapped.around(kind, {"__call__": (_enter_test, _leave_test)})


def expect(top):
    """That suite is about to run, after which nothing decides any more."""
    global _top
    _top = top


def is_expected(top):
    return top is _top


def finish():
    try:
        functions.stop()
        _finish.begin()
    except Exception:
        marks.lost()


def _enter_suite(top, *_, **_kwargs):
    return is_expected(top)


def _leave_suite(is_top, _=None):
    if is_top:
        finish()


def _enter_test(test, result=None, *_, **_kwargs):
    global _open, _last
    if _open is not None:
        # It runs inside another one, or beside it.
        return None
    unit = tests.of(test)
    if unit is None:
        return None
    # The next one may have its identity.
    tests.forget(test)
    _open = _last = unit
    depth = _begin(unit, test)
    results.begin(test, result)
    return depth, _clock[0]()


def _begin(unit, test):
    kind = type(test)
    depth = marks.begin(unit.scope)
    say(USE + b"collect/" + encode(unit.group))
    for scope in (_module_scopes.get(kind.__module__),
                  _class_scopes.get(kind), *uses(test)):
        if scope is not None:
            say(USE + scope)
    return depth


def _leave_test(token, _=None):
    global _open
    if token is None:
        return
    depth, start = token
    word = results.end()
    if word == "failed" and _open.name == _open.file:
        # What its file has cannot be loaded.
        word = "error"
    _open = None
    if word is not None:
        say(b"%b%b/%d" % (OUTCOME, word.encode(), (_clock[0]() - start) * 1e6))
    marks.unwind(depth)


def _say_failed(test, word):
    """A test that does not run, because what it needs was not set up."""
    unit = tests.of(test)
    if unit is not None:
        depth = _begin(unit, test)
        say(OUTCOME + word)
        marks.unwind(depth)


def _enter_failure(_suite, _result=None, exception=None, *_, **_kwargs):
    global _failure
    if _open is not None:
        return False
    _failure = (b"skipped" if isinstance(exception, unittest.SkipTest)
                else b"error")
    return marks.mute_always()


def _previous(result):
    return getattr(result, "_previousTestClass", None)


def _has_fixture(kind):
    for name in _FIXTURES:
        function = getattr(getattr(kind, name, None), "__func__", None)
        plain = getattr(unittest.TestCase, name).__func__
        if function is not plain and hasattr(kind, name):
            return True
    return False


def _enter_class(_suite, test, result):
    global _failure
    kind = type(test)
    if _open is not None:
        return None
    if kind is _previous(result):
        return test, result, None
    _failure = None
    _failed.pop(kind, None)
    _class_scopes[kind] = None
    if not _has_fixture(kind):
        return test, result, None
    unit = tests.of(test)
    name = unit.group if unit is not None else kind.__qualname__
    scope = _class_scopes[kind] = (
        b"fixture/" + encode(name) + b"::setUpClass")
    depth = marks.begin(scope)
    # What is set up for the module may be used by this.
    module = _module_scopes.get(kind.__module__)
    if module is not None:
        say(USE + module)
    return test, result, depth


def _leave_class(token, _=None):
    if token is None:
        return
    test, result, depth = token
    kind = type(test)
    if depth is not None:
        marks.unwind(depth)
        if _failure is not None:
            _failed[kind] = _failure
    if getattr(result, "_moduleSetUpFailed", False):
        _say_failed(test, _failed.get(kind.__module__, b"error"))
    elif getattr(kind, "_classSetupFailed", False):
        _say_failed(test, _failed.get(kind, b"error"))


def _enter_down_class(_suite, test, result):
    global _failure
    kind = _previous(result)
    if _open is not None or kind is None or kind is type(test):
        return None
    _failure = None
    scope = _class_scopes.get(kind)
    return _last, marks.begin(scope) if scope is not None else None


def _enter_module(_suite, test, result):
    global _failure
    name = type(test).__module__
    previous = _previous(result)
    if _open is not None or (
            previous is not None and previous.__module__ == name):
        return None
    _failure = None
    _failed.pop(name, None)
    _module_scopes[name] = None
    module = sys.modules.get(name)
    if not (hasattr(module, "setUpModule")
            or hasattr(module, "tearDownModule")):
        return None
    unit = tests.of(test)
    scope = _module_scopes[name] = b"fixture/%b::setUpModule" % encode(
        unit.file if unit is not None else name)
    return name, marks.begin(scope)


def _leave_module(token, _=None):
    if token is None:
        return
    name, depth = token
    marks.unwind(depth)
    if _failure is not None:
        _failed[name] = _failure


def _enter_down_module(_suite, result):
    global _failure
    previous = _previous(result)
    if _open is not None or previous is None:
        return None
    _failure = None
    scope = _module_scopes.get(previous.__module__)
    return _last, marks.begin(scope) if scope is not None else None


def _leave_down(token, _=None):
    """A tear-down that fails is the last test's error."""
    global _failure
    if token is None:
        return
    unit, depth = token
    if depth is not None:
        marks.unwind(depth)
    if _failure is not None and unit is not None:
        say(BEGIN + unit.scope)
        say(OUTCOME + b"error")
        say(END)
    _failure = None
