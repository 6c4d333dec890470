# SPDX-License-Identifier: MIT
"""Scopes of the fixtures that outlive one test.

Such a fixture is set up while some test runs, and is used by others: what it
reads is recorded in a scope of its own, and every user uses that scope.
"""

import sys

import pytest

from ...languages.python import marks
from ...languages.python.marks import USE, encode, say
from ...languages.python.memory import kept

# The scope of each instance that is alive, by its definition: pytest keeps
# at most one instance of a definition at a time.
_live = {}

# Those whose set-up failed: pytest raises the kept exception again for later
# users and does not list the fixture among theirs.
_failed = {}

_config = None
_identify = None

# The scope of most fixtures, as requests of newer versions keep it.
_FUNCTION = getattr(getattr(sys.modules.get("_pytest.scope"), "Scope", None),
                    "Function", None)


def start(identify):
    """Wraps the set-up of fixtures; true where a hook has to do it.

    A wrapping hook adds frames of pluggy to the tracebacks of fixtures that
    fail, so it is only the second choice.
    """
    global _identify
    _identify = identify
    try:
        definition = sys.modules["_pytest.fixtures"].FixtureDef
        definition.execute = marks.extension.method(
            marks.around(definition.execute, _enter, _leave))
    except (AttributeError, KeyError, TypeError):
        return True
    return False


def configure(config):
    """Only the fixtures of one run count, not those of a run in a test."""
    global _config
    _config = config


def _scope_name(fixturedef, request):
    name = [_identify(fixturedef.baseid or ""), "::", fixturedef.argname]
    if hasattr(request, "param"):
        name.append("[%s]" % getattr(request, "param_index", 0))
    name.append("@")
    name.append(_identify(request.node.nodeid))
    return b"fixture/" + encode("".join(name))


def _enter(fixturedef, request):
    """Enters the scope of a fixture, None for one of a single test."""
    try:
        scope = getattr(request, "_scope", None)
        if (scope is _FUNCTION and scope is not None
                or request.scope == "function"
                or request.config is not _config):
            return None
        scope = _scope_name(fixturedef, request)
        say(USE + scope)
        return fixturedef, request, scope, marks.begin(scope)
    except Exception:
        marks.lost()
        return None


def _leave(token, _=None):
    if token is None:
        return
    fixturedef, request, scope, depth = token
    try:
        if _live.get(fixturedef) != scope:
            _keep(fixturedef, request, scope)
    except Exception:
        marks.lost()
    marks.unwind(depth)


def _keep(fixturedef, request, scope):
    """Notes an instance that was just set up."""
    # What it asked for itself cannot be told from what was there before; to
    # use all of it errs on the safe side.
    use_active(request)
    result = fixturedef.cached_result
    if result is None:
        return
    _live[fixturedef] = scope
    if result[2] is not None:
        _failed[fixturedef] = scope
    else:
        kept.note_value(
            scope, fixturedef.argname, fixturedef.func, result[0])

    depth = None

    def finish():
        """Runs first of all finalizers, being the last one added."""
        nonlocal depth
        depth = marks.begin(scope)

    def finished():
        """Runs last of all."""
        kept.forget_value(scope)
        if depth is not None:
            marks.unwind(depth)
        _live.pop(fixturedef, None)
        _failed.pop(fixturedef, None)

    fixturedef._finalizers.insert(0, finished)
    fixturedef.addfinalizer(finish)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    token = _enter(fixturedef, request)
    yield
    _leave(token)


def use_active(request):
    """Says that the scope in force uses all that a request has active."""
    for fixturedef in request._fixture_defs.values():
        scope = _live.get(fixturedef)
        if scope is not None:
            say(USE + scope)


def use_all_of(item):
    """Says which fixture instances a test used, before they are let go.

    Where each request of a fixture is seen there is no need to.
    """
    request = getattr(item, "_request", None)
    if not request:
        request = getattr(item, "fixture_request", None)
    if request:
        try:
            use_active(request)
        except AttributeError:
            # An unknown pytest: what is alive may have been used.
            for scope in _live.values():
                say(USE + scope)
    for scope in _failed.values():
        say(USE + scope)
