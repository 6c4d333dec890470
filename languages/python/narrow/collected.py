# SPDX-License-Identifier: MIT
"""What tests, and what is run around them, are called."""

# What a runner looks up in a module by its name.
HOOKS = frozenset((
    "setup_module", "teardown_module", "setup_function", "teardown_function",
    "setUpModule", "tearDownModule", "pytestmark", "load_tests", "setup",
    "teardown", "collect_ignore", "collect_ignore_glob", "pytest_plugins"))

_USUAL = ("test", "Test", "setup", "teardown", "setUp", "tearDown", "pytest")
# How other runners, and other settings of pytest, name what they collect.
_ODD = ("check", "it_", "should", "spec", "bench", "describe", "example",
        "when_", "given_", "then_", "feature", "scenario", "verify")


def is_usual(name):
    """Whether a member of a class is run by its name."""
    return name.startswith(_USUAL)


def is_odd(name):
    """Whether it may be, with settings that nobody knows."""
    lower = name.lower()
    return lower.startswith(_ODD) or lower.endswith("test")


def is_for_tests(path):
    """Whether a file holds tests by its name, or is run for some that do."""
    name = path.rpartition("/")[2]
    return (name == "conftest.py" or name.startswith("test")
            or name.endswith(("_test.py", "tests.py")))
