# SPDX-License-Identifier: MIT
"""Random packages and edits: no test that changes is left out.

bench-like runs of thousands: `python3 tests/python/property.py 0 3000`.
"""

import pytest

import property as packages


# The named ones are of packages that once showed a hole.
@pytest.mark.parametrize("first, count", [
    (0, 20), (17, 1), (30, 1), (417, 1), (820, 1), (1156, 1), (5014, 1),
    (6055, 1), (6099, 1), (7397, 1), (10000, 20)])
def test_no_escape(first, count):
    tally = packages.Tally()
    for seed in range(first, first + count):
        packages.one(seed, tally)
    assert tally.escapes == []


def test_no_escape_of_heads():
    tally = packages.Tally()
    for seed in range(40):
        packages.one(seed, tally, True)
    assert tally.escapes == []


def test_no_escape_of_what_is_a_classes_own():
    tally = packages.Tally()
    for seed in range(40):
        packages.one(seed, tally, "own")
    assert tally.escapes == []


def test_narrowing_is_worth_it():
    tally = packages.Tally()
    for seed in range(40):
        packages.one(seed, tally)
    assert tally.count["selected"] < 0.85 * tally.count["closure"]


def test_no_escape_of_types():
    tally = packages.Tally()
    for seed in range(40):
        packages.one(seed, tally, "types")
    assert tally.escapes == []


