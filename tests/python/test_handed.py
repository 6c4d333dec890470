# SPDX-License-Identifier: MIT
"""Modules that are handed on, and walks through all of them."""

import pytest

from selection import Analysis
from test_narrowing import verdict

HANDED = "X = 1\nY = 2\n"

# What else the functions hold.
OTHERS = {"gtake", "gpatching", "ggetattr", "gpatching.object"}


@pytest.mark.parametrize("way, held_as, whole", [
    ("from pkg import core\ndef f(): take(core)\n", "core", False),
    ("from . import core as c\ndef f(): take(c)\n", "c", False),
    ("import pkg.core\ndef f(): take(pkg.core)\n", "pkg.core", False),
    ("from foreign import take\nfrom . import core\ntake(core)\n", "core",
     True),
    ("from foreign import take\nimport pkg.core\ntake(pkg.core)\n",
     "pkg.core", True),
    ("from pkg import core\nZ = [core]\n", "core", False),
    ("from pkg import core\nZ = core.Y\n", "core", False),
    ("from pkg import core\nZ = core.Y if core.Y else core.Y.x\n", "core",
     False),
    ("from pkg import core\nZ = [core] + [core.Y]\n", "core", False),
    ("from pkg import core\nZ = [core], [core.Y]\n", "core", False),
    ("from pkg import core\nclass Z:\n    a = core.Y\n    b = [core], 1\n",
     "core", False),
    ("from pkg import core\nclass Z:\n    a = b = core.Y\n", "core", False),
    ("from pkg import core\nfrom foreign import take\nif take:\n"
     "    take(core.Y, core.Y if take else [core])\n", "core", True),
    ("from pkg import core\nfrom foreign import take\n"
     "take(core.Y, core.Y if take else 1)\n", "core", False),
    # What is called is not what it is handed to.
    ("from pkg import core\nfrom foreign import take\n"
     "Z = [core], take(1)\n", "core", False),
    ("from pkg import core\nfrom foreign import take\n"
     "Z = [core], take([core])\n", "core", True),
])
def test_a_module_that_is_handed_on(way, held_as, whole):
    found = verdict(HANDED.replace("1", "3"), HANDED, other=way)
    assert ("pkg/other.py", held_as) in found.heads
    assert ("pkg/other.py" in found.others) == whole
    assert whole or (("pkg/other.py", "Z") in found.pairs) == (
        "[core]" in way)


@pytest.mark.parametrize("body, mention", [
    ("take(core)", "gcore"),
    ("take(pkg.core)", "gpkg.core"),
    ("take([a.b.c.d])", "ga.b.c.d"),
    ("core.x(); core.y = 1", None),
    ("getattr(core, 'x')", None),
    ("patching.setattr(core, 'x', 1)", None),
    ("patching.setattr(pkg.core, 'x', 1)", None),
    ("patch.object(pkg.core, 'x')", None),
    ("getattr(core, '__dict__')", "gcore"),
    ("take(getattr, core, 'x')", "gcore"),
    ("take(patching.object, core, 'x')", "gcore"),
    ("from pkg import core; take(core)", "aimport pkg.core"),
    ("from . import core; take(core)", "aimport .core"),
    ("from ..a import core; return core", "aimport .core"),
    ("import core; take(core)", "aimport core"),
    ("import pkg.core as c; take(c)", "aimport pkg.core"),
    ("import pkg.core; take(pkg.core)", "aimport pkg.core"),
    ("from pkg import core; core.x()", None),
    ("from pkg import core; getattr(core, 'x')", None),
    ("import core; core.x.y = 3", None),
])
def test_what_mentions_a_module_that_it_hands_on(body, mention):
    found = Analysis("def f():\n    " + body + "\n").mentions["f"]
    held = {each for each in found - OTHERS
            if each[0] == "g" or each.startswith("aimport ")}
    if mention:
        assert mention in held
    else:
        assert not held


@pytest.mark.parametrize("body, goes", [
    ("for name in sys.modules: pass", True),
    ("return sys.modules.items()", True),
    ("return [m for m in sys.modules.values()]", True),
    ("return list(sys.modules)", True),
    ("return sorted(sys.modules, key=len)", True),
    ("return {**sys.modules}", True),
    ("found = sys.modules; return found[x]", True),
    ("import sys as _sys; return dict(_sys.modules)", True),
    ("return sys.modules['x']", False),
    ("return sys.modules.get(x)", False),
    ("return 'x' in sys.modules", False),
    ("patching.setitem(sys.modules, 'x', None)", False),
    ("patch.dict(sys.modules)", False),
    ("return self.modules.items()", False),
])
def test_what_goes_through_all_modules(body, goes):
    found = Analysis("import sys\ndef f(self, x):\n    %s\n" % body)
    assert ("!" in found.mentions["f"]) == goes
    assert not goes or "*" in found.mentions["f"]
