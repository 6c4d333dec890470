# SPDX-License-Identifier: MIT
"""The hooks of Django's runner: what it looks for, sets up, and runs."""

import sys
from unittest import TestLoader

from django.core.management import ManagementUtility

from ...languages.python import marks
from ..unittest import collecting, running, suites, tests, wrapping

# Holds for the tests that have databases, and for no others.
_DATABASES = b"fixture/django.test.runner::setup_databases"


def start(root, selection):
    """Begins recording, once; selection: a file, or None for all."""
    suites.start(b"django", root, selection, ready=False)
    running.uses = _uses
    wrapping.around(ManagementUtility, "fetch_command", _enter_fetch,
                    _leave_fetch)


def _enter_fetch(_utility, _subcommand):
    pass


def _leave_fetch(_token, _command=None):
    """The command has loaded the runner; it is not made yet."""
    module = sys.modules.get("django.test.runner")
    kind = getattr(module, "DiscoverRunner", None)
    # Before Django 4.0 it cannot be told what is loaded.
    if _runner is None and hasattr(kind, "load_tests_for_label"):
        _install(module, kind)


def _install(module, kind):
    wrapping.around(TestLoader, "discover", _enter_discover, _leave_discover)
    for name, enter, leave in (
            ("build_suite", _enter_build, _leave_build),
            ("load_tests_for_label", _enter_label, _leave_label),
            ("setup_databases", _enter_databases, _leave_databases),
            ("run_suite", _enter_run, _leave_run)):
        wrapping.around(kind, name, enter, leave)
    wrapping.around(module.ParallelTestSuite, "run", _enter_parallel,
                    _leave_run)


# The one that was started; others run inside its tests.
_runner = None

# Where it looks for tests: directories, each with its pattern.
_places = []

# Whether all tests that were found could be named, and whether those of some
# label have been.
_known = True
_declared = False


def _chooses(runner):
    return bool(getattr(runner, "tags", None)
                or getattr(runner, "exclude_tags", None))


def _enter_build(runner, *_, **_kwargs):
    global _runner
    if _runner is not None:
        return None
    _runner = runner
    suites.say_ready()
    collecting.is_active = True
    collecting.is_choosing = _chooses(runner)
    return runner, marks.begin(b"discover/.")


def _leave_build(token, suite):
    global _known
    if token is None:
        return
    runner, depth = token
    try:
        if suite is not None and not _declared:
            # Others may have been loaded, and are not asked for.
            _known &= suites.declare(suite)
        suites.declare_discovery(_places)
        if (suite is not None and _known and not _chooses(runner)
                and not runner.test_name_patterns):
            suites.declare_all()
    finally:
        collecting.is_active = False
        marks.unwind(depth)


def _enter_discover(_loader, start_dir, pattern="test*.py", *_, **_kwargs):
    if collecting.is_active and (start_dir, pattern) not in _places:
        _places.append((start_dir, pattern))


def _leave_discover(_token, _=None):
    pass


def _enter_label(runner, *given, **named):
    return runner, given, named


def _leave_label(token, suite):
    global _known, _declared
    runner, given, named = token
    if suite is None or not collecting.is_active or runner is not _runner:
        return
    if suites.lacks(suite):
        for test in tests.leaves(suite):
            tests.forget(test)
        again = runner.load_tests_for_label(*given, **named)
        suite._tests[:] = again._tests
        return
    if not _chooses(runner):
        _declared = True
        _known &= suites.declare(suite)
        suites.confine(suite)


def _enter_databases(*_, **_kwargs):
    return marks.begin(_DATABASES)


def _leave_databases(depth, _=None):
    marks.unwind(depth)


def _uses(test):
    """What a test uses of what was set up for all."""
    return (_DATABASES,) if getattr(test, "databases", None) else ()


def _enter_run(runner, suite, *_, **_kwargs):
    if runner is not _runner:
        return False
    running.expect(suite)
    return True


def _enter_parallel(suite, *_, **_kwargs):
    return running.is_expected(suite)


def _leave_run(is_ours, _=None):
    if is_ours:
        running.finish()
