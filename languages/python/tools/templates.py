# SPDX-License-Identifier: MIT
"""Templates that Django and Jinja keep.

The first test that renders one has it read and compiled, which enters the
project's own tags and filters; later tests find it in memory, and need all of
that as much.  So the load of a template is a scope, as a fixture that outlives
one test is, and whoever asks for the template uses it.
"""

import threading
import weakref

from .. import marks
from ..marks import BEGIN, END, USE, encode, say, shift

MODULES = ("django.template.loaders.cached", "jinja2.environment")

_SCOPE = b"fixture/template/"


def watch(module):
    loader = getattr(module, "Loader", None)
    if hasattr(loader, "get_template_cache") or hasattr(loader, "cache_key"):
        _wrap(loader, "get_template", _of_django)
    environment = getattr(module, "Environment", None)
    if hasattr(environment, "_load_template"):
        _wrap(environment, "_load_template", _of_jinja)


def _wrap(owner, name, find):
    function = marks.around(
        getattr(owner, name), lambda *args, **more: _enter(find, args, more),
        _leave)
    if marks.extension is not None:
        function = marks.extension.method(function)
    setattr(owner, name, function)


def _of_django(loader, template_name, skip=None):
    """What a template is called, and whether it is there."""
    key = loader.cache_key(template_name, skip)
    return key, key in loader.get_template_cache


def _of_jinja(environment, name, globals=None):
    cache = environment.cache
    return name, (cache is not None
                  and (weakref.ref(environment.loader), name) in cache)


def _enter(find, args, more):
    try:
        name, is_there = find(*args, **more)
        scope = _SCOPE + encode(name)
        say(USE + scope)
        return None if is_there else _begin(scope)
    except Exception:
        marks.lost()
        return None


def _begin(scope):
    """Only the main thread's scopes are those of the process."""
    if threading.current_thread() is threading.main_thread():
        return (marks.begin(scope),)
    shift(BEGIN + scope)
    return ()


def _leave(token, _=None):
    if token:
        marks.unwind(*token)
    elif token is not None:
        shift(END)
