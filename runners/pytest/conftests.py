# SPDX-License-Identifier: MIT
"""Whose a conftest is: it is loaded by whatever came across its directory."""

import os
import types

from ...languages.python import marks, runner
from ...languages.python.loading import imports
from ...languages.python.marks import BEGIN, END, USE, say
from ..python import directories

# Hooks that pytest calls only for the tests below the conftest.  A conftest
# with any other hook concerns the whole run.
_LOCAL_HOOKS = frozenset((
    "pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown",
    "pytest_runtest_makereport", "pytest_runtest_logstart",
    "pytest_runtest_logreport", "pytest_runtest_logfinish",
    "pytest_fixture_setup", "pytest_fixture_post_finalizer",
    "pytest_generate_tests", "pytest_make_parametrize_id",
    "pytest_pycollect_makemodule", "pytest_pycollect_makeitem",
    "pytest_pyfunc_call", "pytest_itemcollected", "pytest_assertrepr_compare",
))


def install():
    """Has conftests told from other modules."""
    runner.is_local = _is_conftest
    runner.distinct = _distinct
    runner.use_local = _use_in_directory


def _is_conftest(name):
    """Whether pytest is loading a conftest outside any test."""
    return (name.rpartition(".")[2] == "conftest"
            and (not marks.process
                 or marks.process[-1].startswith((b"discover/", b"collect/"))))


def _distinct(name):
    """Each directory may have its own module named conftest, one after the
    other, so these are named after their files."""
    if name != "conftest":
        return name
    origin = imports.origin_of(name)
    return name + "@" + marks.relative(origin) if origin else name


def _use_in_directory(module, scope):
    """Says that the tests below a conftest use it.

    It is loaded by whatever came across its directory first, which says
    nothing about who needs it.
    """
    names = vars(module)
    directory = os.path.dirname(names.get("__file__") or "")
    if not directory or any(
            (name.startswith("pytest_") and name not in _LOCAL_HOOKS)
            or (type(value) is types.FunctionType
                and "pytest_impl" in value.__dict__
                and name not in _LOCAL_HOOKS)
            for name, value in names.items()):
        return False
    say(BEGIN + directories.scope_of(directory))
    say(USE + scope)
    say(END)
    return True
