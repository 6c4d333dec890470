# SPDX-License-Identifier: MIT
"""The hooks: a scope for each test and for each collector."""

import os
import sys

import pytest

from ...languages.python import marks, recording
from ...languages.python.entered import functions
from ...languages.python.loading import imports
from ...languages.python.marks import (
    BEGIN, END, OUTCOME, USE, WHOLE, around, encode, say,
)
from ...languages.python.memory import kept
from ...languages.python.start import hide
from ..python import directories
from . import (
    about, arguments, conftests, fixtures, here, reports, rewriting, select,
    settings,
)
from .fixtures import pytest_fixture_setup  # noqa: F401

HOOKS = (
    "pytest_load_initial_conftests", "pytest_configure",
    "pytest_collection",
    "pytest_make_collect_report", "pytest_deselected",
    "pytest_collection_modifyitems",
    "pytest_collection_finish", "pytest_runtestloop",
    "pytest_runtest_protocol", "pytest_runtest_call",
    "pytest_runtest_logreport", "pytest_sessionfinish",
    "pytest_xdist_setupnodes",
)

_DIRECTORY_LIKE = tuple(
    getattr(pytest, name) for name in ("Session", "Package", "Directory")
    if hasattr(pytest, name))

_COLLECTED = OUTCOME + b"collected"
# Markers that do something and group nothing.
_PYTESTS_OWN = frozenset(("filterwarnings", "parametrize", "skip", "skipif",
                          "usefixtures", "xfail"))

_DESELECTED = OUTCOME + b"deselected"
_UNASKED = OUTCOME + b"unasked"
_COARSE = b"/@ftrace/coarse/"

# The directory that pytest's ids are relative to, where it is not the root.
_rootdir = None

_heads = {"": "."}
_units = {}
_collectors = {}
_parents = {}
_prepared = set()
_suffixes = set()
_unit = None
_finish = recording.Finish()

# What collectors had in them, until it is known what of that is to run.
_found = {}

# Whether a plugin took a file for one without tests to run, and so no test of
# it is known.
_skips = False


def start(root):
    """Begins recording, once; returns the names of the hooks it needs."""
    names = HOOKS
    marks.set_root(root or os.getcwd())
    about.install()
    directories.sought = ("conftest.py", "__init__.py")
    conftests.install()
    if fixtures.start(identify):
        names += ("pytest_fixture_setup", "pytest_runtest_teardown")
    here.start()
    recording.start(b"ready", rewriting.install)
    reports.install()
    _wrap_cache()
    return names


def identify(nodeid):
    """A pytest id with its path part relative to the root."""
    if _rootdir is None:
        return nodeid
    head, separator, rest = nodeid.partition("::")
    name = _heads.get(head)
    if name is None:
        path = os.path.normpath(os.path.join(_rootdir, head))
        name = _heads[head] = marks.relative(path)
    return name + separator + rest


def _unit_of(item):
    nodeid = item.nodeid
    unit = _units.get(nodeid)
    if unit is None:
        unit = b"unit/pytest/" + encode(identify(nodeid))
        _units[nodeid] = unit
    return unit


def _path_of(collector):
    """The path of a collector, by its name before pytest 7 or after."""
    return str(getattr(collector, "path", None) or collector.fspath)


def _is_directory(collector):
    return isinstance(collector, _DIRECTORY_LIKE)


def _scope_of(collector):
    scope = _collectors.get(collector)
    if scope is None:
        if isinstance(collector, pytest.Session):
            scope = b"discover/."
        elif _is_directory(collector):
            path = _path_of(collector)
            if os.path.basename(path) == "__init__.py":
                path = os.path.dirname(path)
            scope = b"discover/" + encode(
                marks.relative(directories.real(path)))
        else:
            scope = b"collect/" + encode(identify(collector.nodeid))
        _collectors[collector] = scope
    return scope


def _discovering():
    depth = len(marks.process)
    try:
        marks.begin(b"discover/.")
    except Exception:
        marks.lost()
    yield
    marks.unwind(depth)


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(early_config):
    """pytest looks through directories for these; no test depends on it."""
    here.configure(early_config)
    try:
        if functions.mode is not None:
            settings.declare(early_config)
    except Exception:
        # Nothing is lost: what is not declared counts as a whole.
        pass
    yield from _discovering()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_collection(session):
    """Between its collectors, too, pytest looks at what it goes through."""
    try:
        select.restrict(session)
    except Exception:
        # What was selected is run, even what the command would not collect.
        pass
    yield from _discovering()


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    global _rootdir
    select.confine(config)
    try:
        fixtures.configure(config)
        rootdir = os.path.realpath(str(config.rootpath))
        if rootdir != marks.root:
            _rootdir = rootdir
        factory = getattr(config, "_tmp_path_factory", None)
        if factory is not None:
            # These list what other runs left in the temporary directory.
            for name in ("getbasetemp", "mktemp"):
                setattr(factory, name, around(
                    getattr(factory, name), marks.mute_always, marks.unmute))
    except Exception:
        marks.lost()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    try:
        select.in_order(items)
    except Exception:
        # They run in the order in which they were asked for.
        pass


def _wrap_cache():
    """Keeps pytest's notes of the last run from being dependencies."""
    module = sys.modules.get("_pytest.cacheprovider")
    if module is None:
        return

    def leave(token, cache):
        marks.unmute(token)
        if cache is not None:
            cache.get = around(cache.get, marks.mute, marks.unmute)
            cache.set = around(cache.set, marks.mute, marks.unmute)

    cache = module.Cache
    try:
        cache.for_config = staticmethod(
            around(cache.for_config, marks.mute, leave))
    except AttributeError:
        marks.lost()


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_make_collect_report(collector):
    depth = len(marks.process)
    try:
        _begin_collector(collector)
    except Exception:
        marks.lost()
    outcome = yield
    try:
        if outcome.excinfo is None:
            _note_children(collector, outcome.get_result())
        if isinstance(collector, pytest.Session):
            _note_left_out(collector)
    except Exception:
        marks.lost()
    marks.unwind(depth)


def _begin_collector(collector):
    parent = collector.parent
    marks.begin(_scope_of(collector))
    if type(collector).__name__ == "DoctestModule":
        reports.watch_doctests()
    if parent is not None:
        say(USE + _scope_of(parent))
    if _is_directory(collector):
        return
    if (not isinstance(collector, (pytest.Module, pytest.Class))
            or type(collector).__module__ == "_pytest.doctest"):
        # What it makes tests of may be anywhere in the file.
        say(WHOLE + encode(os.path.abspath(_path_of(collector))))
    if parent is None or _is_directory(parent):
        path = _path_of(collector)
        say(USE + directories.scope_of(os.path.dirname(path)))
        # Text files are doctests by their whole names, not by their suffix.
        if (not isinstance(collector, pytest.Module)
                and type(collector).__module__ != "_pytest.doctest"):
            suffix = os.path.splitext(path)[1]
            if suffix:
                _suffixes.add(suffix)


def _note_children(collector, report):
    global _skips
    for child in report.result or ():
        if isinstance(child, pytest.Item):
            _found[child.nodeid] = child
            say(BEGIN + _unit_of(child))
            say(_COLLECTED)
            say(END)
        elif not _is_directory(collector):
            # It may not be collected itself, where one test was asked for.
            say(OUTCOME + b"holds/" + _scope_of(child).partition(b"/")[2])
    # Only what the collector itself said is complete: a plugin that skips a
    # whole file (as --lf does) makes a report that knows of no call.
    if _is_directory(collector):
        return
    select.note_places(report.result or ())
    if "call" not in vars(report):
        _skips = True
        return
    say(OUTCOME + encode(report.outcome))
    # What cannot be collected has no tests to run again, and yet has to be: it
    # is a unit by itself until it can.
    if report.outcome == "failed" and (
            "::" not in collector.nodeid
            or isinstance(collector, pytest.Class)):
        scope = _scope_of(collector)
        say(BEGIN + _unit_of(collector))
        say(USE + scope)
        say(OUTCOME + b"error")
        say(END)


def _note_left_out(session):
    """They are known, and have no tests for this command's settings."""
    for path in select.left_out(session, _is_directory):
        if not arguments.is_narrowed(session.config):
            say(BEGIN + b"collect/" + encode(
                marks.relative(directories.real(path))))
            say(USE + directories.scope_of(os.path.dirname(path)))
            say(OUTCOME + b"left")
            say(END)


def pytest_deselected(items):
    try:
        for item in items:
            _found.pop(item.nodeid, None)
            say(BEGIN + _unit_of(item))
            say(_DESELECTED)
            say(END)
    except Exception:
        marks.lost()


def pytest_collection_finish(session):
    if sys.exc_info()[0] is not None:
        return
    try:
        _note_hooks(session.config)
        _note_arguments(session.config)
        _note_patterns(session.config)
        _note_unasked(session)
        if not _skips:
            say(BEGIN + marks.BASE)
            say(_COLLECTED)
            say(END)
    except Exception:
        marks.lost()


class _Aside:
    """A config that has -m, -k and --deselect, as addopts may, and of whose
    deselections nobody else is told."""

    def __init__(self, config):
        self.option = config.option
        self.getoption = config.getoption
        self.hook = self

    def pytest_deselected(self, items):
        pytest_deselected(items)


def _note_unasked(session):
    """What is beside the tests that were asked for by name: others may have
    left it out, and nobody knows here."""
    for item in session.items:
        _found.pop(item.nodeid, None)
    items = [_found[nodeid] for nodeid in sorted(_found)]
    for name in ("mark", "main"):
        plugin = session.config.pluginmanager.get_plugin(name)
        if items and plugin is not None:
            plugin.pytest_collection_modifyitems(
                items, _Aside(session.config))
    for item in items:
        say(BEGIN + _units[item.nodeid])
        say(_UNASKED)
        say(END)
    _found.clear()


def _note_hooks(config):
    """Says whether the project's own code takes part in the collection."""
    for plugin in config.pluginmanager.get_plugins():
        name = getattr(plugin, "__name__", None) or type(plugin).__module__
        module = sys.modules.get(name)
        if (module is not None and not name.startswith(marks.OWN_MODULES)
                and imports.is_project(module)
                and any(hook.startswith("pytest_") and "collect" in hook
                        for hook in dir(plugin))):
            say(BEGIN + b"discover/.")
            say(OUTCOME + b"hooked")
            say(END)
            return


def _note_arguments(config):
    start = str(config.invocation_params.dir)
    if arguments.is_narrowed(config):
        say(BEGIN + marks.BASE)
        say(OUTCOME + b"narrowed")
        if arguments.is_in_part(config):
            say(OUTCOME + b"in-part")
        say(END)
    for argument in config.args:
        path = os.path.normpath(os.path.join(start, str(argument)))
        say(marks.MUTE)
        try:
            found = os.path.isdir(path)
        finally:
            say(marks.UNMUTE)
        if found:
            say(BEGIN + directories.scope_of(path))
            say(OUTCOME + b"passed")
            say(END)


def _note_patterns(config):
    patterns = list(config.getini("python_files"))
    patterns += config.getoption("doctestglob", None) or ["test*.txt"]
    if config.getoption("doctestmodules", False):
        patterns.append("*.py")
    patterns += ["*" + suffix for suffix in sorted(_suffixes)]
    say(BEGIN + b"discover/.")
    for pattern in patterns:
        say(USE + b"pattern/" + encode(pattern))
    say(END)


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtestloop(session):
    """Plugins that wrap this one, too, make reports once all tests have run.

    pytest-cov reads all sources for that, which no test depends on.  Where
    xdist's workers run the tests, the process that controls them runs none.
    """
    _finish.resume()
    token = (marks.mute_always()
             if session.config.pluginmanager.hasplugin("dsession") else None)
    yield
    marks.unmute(token)
    say(BEGIN + marks.BASE)
    say(OUTCOME + here.outcome())
    say(END)
    _finish.begin()


def _enter_collector(item):
    """What says that a test uses its collector, which is prepared for it.

    All that the tests of one collector use is said there, once.
    """
    parent = item.parent
    if parent is None:
        return None
    collector = _scope_of(parent)
    module = getattr(getattr(item, "module", None), "__name__", None)
    scope = imports.scope_of(module) if module else None
    if scope is not None:
        say(BEGIN + collector)
        say(USE + scope)
        say(END)
    for node in item.listchain()[:-1]:
        if node not in _prepared:
            _prepared.add(node)
            _prepare(node)
    return USE + collector


class _Outcome:
    """What became of a test, put together from the reports of its phases."""

    __slots__ = ("nodeid", "word", "seconds", "complete")

    def __init__(self, nodeid):
        self.nodeid = nodeid
        self.word = None
        self.seconds = 0.0
        self.complete = False

    def add(self, report, when):
        """Takes in a report that is no plain pass."""
        word = None
        if report.outcome == "failed":
            word = "failed" if when == "call" else "error"
        elif hasattr(report, "wasxfail"):
            word = "xfailed" if report.outcome == "skipped" else "xpassed"
        elif report.outcome == "skipped":
            word = "skipped"
        elif report.outcome == "passed" and when == "call":
            word = "passed"
        elif report.outcome == "rerun":
            word = "failed"
        # A subtest and a phase after a failure make nothing better.
        if word is not None and self.word not in ("failed", "error"):
            if not hasattr(report, "context") or word == "failed":
                self.word = word


def _say_labels(item):
    """The markers, by which a configuration may name tests."""
    names = {mark.name for mark in item.iter_markers()}
    for name in names - _PYTESTS_OWN if names else ():
        say(USE + b"label/" + encode(name))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    global _unit
    outer = _unit
    depth = len(marks.process)
    try:
        nodeid = item.nodeid
        marks.begin(_units.get(nodeid) or _unit_of(item))
        parent = marks.identity(item.parent)
        found = _parents.get(parent)
        if found is None:
            # The parent is kept, so that no other one gets its identity.
            found = _parents[parent] = _enter_collector(item), item.parent
        if found[0] is not None:
            say(found[0])
        _say_labels(item)
        if not isinstance(item, pytest.Function):
            # A doctest and its like name things in code that is no block.
            say(_COARSE)
        _unit = _Outcome(nodeid)
    except Exception:
        marks.lost()
    outcome = yield
    try:
        if outcome.excinfo is None and _unit is not None and _unit.complete:
            say(b"%b%b/%d" % (OUTCOME, (_unit.word or "passed").encode(),
                              _unit.seconds * 1000000))
    except Exception:
        marks.lost()
    _unit = outer
    marks.unwind(depth)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    unit = _unit
    if unit is None:
        return
    try:
        if report.nodeid != unit.nodeid:
            return
        when = report.when
        if when == "setup":
            # The first phase, or the first of another attempt.
            unit.word = None
            unit.complete = False
        elif when == "teardown":
            unit.complete = True
        unit.seconds += getattr(report, "duration", 0) or 0
        if (when == "call" or report.outcome != "passed"
                or hasattr(report, "wasxfail")):
            unit.add(report, when)
    except Exception:
        marks.lost()


def _prepare(node):
    """Gives a collector that has a set-up of its own a scope for it.

    It runs once, while the first of its tests is set up.
    """
    name = type(node).setup
    if name in (pytest.Collector.setup, pytest.Session.setup):
        return
    scope = b"fixture/" + encode(identify(node.nodeid)) + b"::setup"

    def enter(*_):
        return marks.begin(scope)

    def leave(depth, _):
        marks.unwind(depth)

    say(BEGIN + _scope_of(node))
    say(USE + scope)
    say(END)
    node.setup = around(node.setup, enter, leave)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """Also where no test ran.

    pytest goes through the temporary directories of other runs now, and at
    exit, whose coming and going must not tie anything to them; plugins write
    reports, and start programs for these.
    """
    select.excuse(session)
    try:
        functions.stop()
        _finish.begin()
    except Exception:
        marks.lost()
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call():
    """What its set-up has put back the test does not find."""
    kept.pause()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    try:
        fixtures.use_all_of(item)
    except Exception:
        marks.lost()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Lets the workers load the plugin; this process runs no test itself."""
    hide.show()
