# SPDX-License-Identifier: MIT
"""An edit in a function that many tests enter selects those that ran the
passage that it is in."""

import sys

import pytest

pytestmark = pytest.mark.skipif(
    not (3, 12) <= sys.version_info < (3, 14),
    reason="passages are told of in Python 3.12 and 3.13")

SHOP = """\
import functools
import threading

HELD = {}


def price(n):
    total = n
    if n == 3:
        total = total * 2
    for i in range(n - 20):
        total += i
    if n == 5:
        held(n)
    return total


@functools.lru_cache
def held(n):
    return kept(n)


def kept(n):
    if n > 1000:
        return "much"
    value = n
    if n == 7:
        value = value + 1
    return value


def apart(n):
    thread = threading.Thread(target=price, args=(n,))
    thread.start()
    thread.join()
"""
TESTS = """\
import os
import sys
import pytest
import shop


@pytest.mark.parametrize("n", range(24))
def test_price(n):
    assert shop.price(n) >= n and shop.kept(n) >= n


def test_held():
    assert shop.held(7) == 8


def test_found():
    assert shop.held(7) == 8


def test_forked():
    child = os.fork()
    if not child:
        os._exit(shop.price(3) != 6)
    assert os.waitpid(child, 0)[1] == 0


def test_thread():
    shop.apart(3)


def test_traced():
    sys.settrace(lambda *_: None)
    try:
        assert shop.price(4) == 4
    finally:
        sys.settrace(None)


def test_after():
    assert shop.price(4) == 4
"""


def _tests(*names):
    return sorted("test_shop.py::" + name for name in names)


def _prices(*numbers):
    return ["test_price[%d]" % n for n in numbers]


@pytest.fixture
def shop(project):
    project.files(shop=SHOP, test_shop=TESTS)
    project.pytest("-q").ok()
    project.pytest("-q").ok()
    return project


def selected(shop, old, new):
    with shop.edited("shop.py", old, new):
        return shop.affected_units()


# Those of which it cannot be told which passages they ran, or for whom it is
# another process that does.
WHOLE = "test_forked", "test_traced"


def test_an_edit_selects_who_ran_the_passage(shop):
    assert selected(shop, "total * 2", "total * 1 * 2") == _tests(
        *_prices(3), "test_thread", *WHOLE)
    assert selected(shop, "total += i", "total += i + 0") == _tests(
        *_prices(21, 22, 23), *WHOLE)
    # One that is new belongs to whoever ran what is before it.
    assert selected(shop, "        held(n)\n", "        held(n)\n"
                    "        held(n)\n") == _tests(*_prices(5), *WHOLE)
    everybody = _tests(*_prices(*range(24)), "test_thread", "test_after",
                       *WHOLE)
    assert selected(shop, "n == 5", "n == 4 + 1") == everybody
    # What is kept in memory belongs to who computed it, and to who found it.
    assert selected(shop, "value + 1", "value + 1 + 0") == _tests(
        *_prices(7), "test_held", "test_found")
    assert selected(shop, '"much"', '"more"') == []
    # The functions around it are as they were, but in other lines.
    assert selected(shop, "HELD = {}\n", "HELD = {}\n\n# Words.\n") == []


def test_why_and_untested_know_of_passages(shop):
    shop.edit("shop.py", "total * 2", "total * 1 * 2")
    shop.affected_units()
    why = shop.ftrace("why", "test_shop.py::test_price[3]").ok().out
    assert "executed line 10 to 10 of price in shop.py" in why
    found = shop.json("affected", "--untested")
    assert found["functions"] == []
    accesses = shop.json("deps", "--all", "test_shop.py::test_price[4]")
    assert not [each for each in accesses["accesses"]
                if "#" in each.get("block", "")]


def test_functions_count_as_a_whole_on_demand(shop):
    shop.pytest("-q", env={"FTRACE_PASSAGES": "off"}).ok()
    assert len(selected(shop, "total * 2", "total * 1 * 2")) == 28


def test_after_an_edit_it_goes_on(shop):
    """What ran last was another text than the plan was made of."""
    shop.edit("shop.py", "total += i", "total += i + 0")
    shop.xargs().ok()
    assert shop.affected() == []
    assert selected(shop, "total += i + 0", "total += i") == _tests(
        *_prices(21, 22, 23), *WHOLE)


def test_an_audit_finds_no_gap(shop):
    shop.ftrace("audit", "test_shop.py::test_price[3]").ok()
