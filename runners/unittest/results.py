# SPDX-License-Identifier: MIT
"""What became of a test, as its result is told, and what is shown of it.

What reports show of sources decides nothing.
"""

import sys
import warnings

from ...languages.python import marks
from . import wrapping

_wrapped = wrapping.Wrapped()

# What runs of unittest before and after a test.
_AROUND_TESTS = frozenset(("_callSetUp", "_callTearDown", "_callCleanup"))
_MODULES = ("unittest.case", "unittest.async_case")

# The words that nothing which follows makes better.
_BAD = ("failed", "error")

# The test that runs, the word for it, and what it is told to.
_test = None
_word = None
_result = None


def install():
    """Has warnings that are printed tie nobody to the line they show."""
    if marks.extension is not None and hasattr(
            warnings, "_showwarnmsg_impl"):
        warnings._showwarnmsg_impl = marks.around(
            warnings._showwarnmsg_impl, _enter_warning, marks.unmute)


def _enter_warning(_message):
    # A test may have put something in its place, to read what is written.
    ours = (sys.__stderr__, getattr(_result, "_stderr_buffer", None))
    return sys.stderr in ours and marks.mute_always()


def begin(test, result):
    """A test begins; its result is told to that object."""
    global _test, _word, _result
    _test, _word, _result = test, None, result
    if result is not None:
        _wrapped.around(type(result), _HOOKS)


def end():
    """The word for the test, or None."""
    global _test
    _test = None
    return _word


def _note(test, word):
    global _word
    if test is not _test:
        # A subtest is one of it.
        if getattr(test, "test_case", None) is not _test:
            return
        if word not in _BAD:
            return
    if _word not in _BAD:
        _word = word


def _word_of(error):
    """What fails before or after a test is an error."""
    trace = error[2] if type(error) is tuple and len(error) == 3 else None
    while trace is not None:
        frame = trace.tb_frame
        if (frame.f_code.co_name in _AROUND_TESTS
                and frame.f_globals.get("__name__") in _MODULES):
            return "error"
        trace = trace.tb_next
    return "failed"


def _enter_success(_result, test=None, *_):
    return _enter(test, "passed")


def _enter_bad(_result, test=None, err=None, *_):
    return _enter(test, _word_of(err))


def _enter_skip(_result, test=None, *_, **_kwargs):
    return _enter(test, "skipped")


def _enter_expected(_result, test=None, *_, **_kwargs):
    return _enter(test, "xfailed")


def _enter_unexpected(_result, test=None, *_):
    # It fails the run, as a strict xfail of pytest does.
    return _enter(test, "failed")


def _enter_subtest(_result, test=None, _subtest=None, err=None, *_):
    if err is not None:
        return _enter(test, _word_of(err))
    return marks.mute_always()


def _enter(test, word):
    if _test is not None:
        _note(test, word)
    return marks.mute_always()


_HOOKS = {
    "addSuccess": (_enter_success, marks.unmute),
    "addFailure": (_enter_bad, marks.unmute),
    "addError": (_enter_bad, marks.unmute),
    "addSkip": (_enter_skip, marks.unmute),
    "addExpectedFailure": (_enter_expected, marks.unmute),
    "addUnexpectedSuccess": (_enter_unexpected, marks.unmute),
    "addSubTest": (_enter_subtest, marks.unmute),
}
