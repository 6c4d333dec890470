# SPDX-License-Identifier: MIT
"""What languages/python/memory/versions.h takes for granted of this Python's dicts."""

import ctypes
import gc
import sys

import pytest

# As in languages/python/memory/versions.c.
OFFSET = 24
pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="dicts have no versions")


def version(names):
    return ctypes.c_uint64.from_address(id(names) + OFFSET).value


def changes(names, change, times=3000):
    """How often a change, made by code that is warm, shows."""
    seen = [version(names)]
    for number in range(1000, 1000 + times):
        change(number)
        seen.append(version(names))
    return sum(a != b for a, b in zip(seen, seen[1:]))


def test_of_a_module():
    names = {}
    exec("def change(number):\n    global value\n    value = number\n", names)
    assert changes(names, names["change"]) == 3000


def test_of_a_class():
    class Kind:
        pass

    def change(number):
        Kind.value = number

    names, = [each for each in gc.get_referents(Kind.__dict__)
              if type(each) is dict]
    assert changes(names, change) == 3000


@pytest.mark.skipif(sys.version_info >= (3, 13),
                    reason="it is not asked for those of objects")
@pytest.mark.parametrize("warm", [0, 3000])
def test_of_an_object(warm):
    class Kind:
        pass

    def change(number):
        thing.value = number

    thing = Kind()
    # Its attributes are in no dict yet.
    for number in range(warm):
        change(number)
    assert changes(thing.__dict__, change) == 3000
    before = version(thing.__dict__)
    del thing.value
    assert version(thing.__dict__) != before
