# SPDX-License-Identifier: MIT
"""A suite like that of a parser: few functions, called millions of times."""

import os
import shutil

import common

TESTS = 40

_PARSER = '''\
class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def next(self):
        char = self.peek()
        self.at += 1
        return char

    def atom(self):
        char = self.next()
        if char == "(":
            value = self.sum()
            self.next()
            return value
        return int(char)

    def product(self):
        value = self.atom()
        while self.peek() == "*":
            self.next()
            value = value * self.atom() % 97
        return value

    def sum(self):
        value = self.product()
        while self.peek() == "+":
            self.next()
            value += self.product()
        return value


def parse(text):
    return Parser(text).sum()
'''

_TESTS = '''\
import parser_of_sums
import pytest

TEXT = "+".join(["(1+2*3)*(4+5)*2"] * 2000)


@pytest.mark.parametrize("number", range(%d))
def test_parse(number):
    assert parser_of_sums.parse(TEXT) == 2000 * 29
''' % TESTS


class Calls(common.Click):
    """The suite, run by the Python of click's environment."""

    tests = TESTS

    def __init__(self, version, python):
        super().__init__(version, python)
        self.root = os.path.join(common.WORK, "calls-" + version)
        self.map = os.path.join(self.root, ".ftrace", "map.db")
        shutil.rmtree(self.root, ignore_errors=True)
        os.mkdir(self.root)
        for name, text in (("parser_of_sums.py", _PARSER),
                           ("test_parser.py", _TESTS), ("pytest.ini",
                                                        "[pytest]\n")):
            with open(os.path.join(self.root, name), "w") as file:
                file.write(text)
