# SPDX-License-Identifier: MIT
"""A small project with one thing of each kind, for where none is fetched."""

import importlib.util
import os
import shutil
import subprocess
import sys
import textwrap

import common
import mutate_projects
from common import Broken

FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "shop/__init__.py": """
        from .cart import Cart
        from .price import gross, net as without_tax
    """,
    "shop/price.py": '''
        """Prices."""
        RATE = 20
        FACTORS = {"net": 1}

        def gross(amount, rate=RATE):
            return amount * (100 + rate) // 100

        def net(amount, rate=20):
            return amount * 100 // (100 + rate)
    ''',
    "shop/cart.py": '''
        from . import price
        from .store import load

        class Base:
            currency = "EUR"
            limit = 3

            def total(self):
                return sum(self.amounts())

            def label(self):
                return "%d %s" % (self.total(), self.currency)

        class Cart(Base):
            def __init__(self, name):
                self.name = name

            @property
            def items(self):
                return load(self.name)

            def amounts(self):
                return [price.gross(each) for each in self.items]

        class Small(Cart):
            def amounts(self):
                return super().amounts()[:self.limit]
    ''',
    "shop/store.py": '''
        import functools
        import os

        FOLDER = os.path.join(os.path.dirname(__file__), "data")

        @functools.lru_cache(None)
        def load(name):
            with open(os.path.join(FOLDER, name)) as file:
                return tuple(map(int, file.read().split()))
    ''',
    "shop/child.py": '''
        import sys
        from shop.price import net

        if __name__ == "__main__":
            print(net(int(sys.argv[1])))
    ''',
    "shop/data/one.txt": "100 200\n",
    "shop/data/two.txt": "10\n20\n30\n40\n",
    "tests/conftest.py": """
        import pytest
        from shop.cart import Small

        @pytest.fixture(scope="session")
        def small():
            return Small("two.txt")
    """,
    "tests/test_cart.py": """
        from shop import Cart

        def test_total():
            assert Cart("one.txt").total() == 360

        def test_label():
            assert Cart("one.txt").label() == "360 EUR"

        def test_small(small):
            assert small.total() == 72

        def test_small_label(small):
            assert small.label() == "72 EUR"
    """,
    "tests/test_price.py": """
        import subprocess
        import sys

        import pytest
        import shop
        from shop import price

        @pytest.mark.parametrize("amount", [100, 250])
        def test_gross(amount):
            assert price.gross(amount) == amount * 12 // 10

        def test_net():
            assert shop.without_tax(120) == 100
            assert price.FACTORS["net"] == 1

        def test_child():
            assert subprocess.check_output(
                [sys.executable, "-m", "shop.child", "240"]) == b"200\\n"
    """,
}
TESTS = 8


def write(root, files=None):
    for name, text in (FILES if files is None else files).items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(textwrap.dedent(text).lstrip("\n"))


def python(pytest=None):
    """A Python with that pytest; any: this one, or what a bench has made."""
    if pytest:
        return mutate_projects.environment(
            os.path.join(mutate_projects.WORK, "tiny",
                         "venv-pytest-" + pytest),
            ["pytest==" + pytest], next(iter(common.pythons().values())))
    if importlib.util.find_spec("pytest"):
        return sys.executable
    for made in (os.path.join(common.ROOT, "build", "venv"),
                 os.path.join(mutate_projects.WORK, "tiny", "venv")):
        path = os.path.join(made, "bin", "python")
        if os.path.exists(path) and not subprocess.call(
                [path, "-c", "import pytest"], stderr=subprocess.DEVNULL,
                env=common.environment()):
            return path
    return mutate_projects.environment(
        os.path.join(mutate_projects.WORK, "tiny", "venv"),
        ["pytest==" + common.PYTEST],
        next(iter(common.pythons().values())))


def testmon_python():
    return mutate_projects.environment(
        os.path.join(mutate_projects.WORK, "tiny", "venv-testmon"),
        ["pytest==" + common.PYTEST, mutate_projects.TESTMON],
        next(iter(common.pythons().values())))


def prepared(testmon, pytest=None):
    """The project as bench/mutate takes it."""
    work = os.path.join(mutate_projects.WORK, "tiny")
    source = os.path.join(work, "source")
    shutil.rmtree(source, ignore_errors=True)
    write(source)
    try:
        command = [python(pytest), "-m", "pytest"]
        other = [testmon_python(), "-m", "pytest"] if testmon else None
    except StopIteration:
        raise Broken("no python that has pytest") from None
    return mutate_projects.Prepared(
        "tiny", source, command, ["-q"], ["tests"], ["."], other)
