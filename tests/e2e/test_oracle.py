# SPDX-License-Identifier: MIT
"""Breaks a project in every place: what fails then must have been selected."""

import re

PROJECT = {
    "shop/__init__.py": "CURRENCY = 'EUR'\n",
    "shop/constants.py": "RATE = 20\nNAMES = {'a': 'apple'}\n",
    "shop/tax.py": """\
        from .constants import RATE
        def tax(price):
            return price * RATE // 100
        """,
    "shop/price.py": """\
        from . import tax as taxes
        def gross(price):
            return price + taxes.tax(price)
        """,
    "shop/names.py": """\
        from shop import constants
        def name(key):
            return constants.NAMES[key]
        """,
    "shop/base.py": """\
        class Item:
            def label(self):
                return "item"
            def cost(self):
                return 100
        """,
    "shop/items.py": """\
        from shop.base import Item
        class Apple(Item):
            def label(self):
                return "apple"
        """,
    "shop/config.py": """\
        import json, os
        HERE = os.path.dirname(__file__)
        def load():
            with open(os.path.join(HERE, "config.json")) as file:
                return json.load(file)
        """,
    "shop/config.json": '{"limit": 5}\n',
    "shop/lazy.py": """\
        def total(prices):
            from shop import price
            return sum(price.gross(each) for each in prices)
        """,
    "shop/script.py": """\
        import sys
        sys.path.insert(0, ".")
        from shop.names import name
        def main():
            print(name("a"))
        main()
        """,
    "conftest.py": """\
        import pytest
        from shop import config
        @pytest.fixture(scope="session")
        def limit():
            return config.load()["limit"]
        @pytest.fixture
        def apple():
            from shop.items import Apple
            return Apple()
        """,
    "test_price.py": """\
        from shop.price import gross
        from shop.tax import tax
        def test_tax():
            assert tax(100) == 20
        def test_gross():
            assert gross(100) == 120
        """,
    "test_names.py": """\
        import subprocess, sys
        import pytest
        import shop
        def test_name():
            from shop.names import name
            assert name("a") == "apple"
        def test_missing():
            from shop import names
            with pytest.raises(KeyError):
                names.name("b")
        def test_script():
            out = subprocess.check_output([sys.executable, "shop/script.py"])
            assert out == b"apple\\n"
        def test_currency():
            assert shop.CURRENCY == "EUR"
        """,
    "test_items.py": """\
        from shop.base import Item
        def test_label(apple):
            assert apple.label() == "apple"
        def test_inherited(apple):
            assert apple.cost() == 100
        def test_base():
            assert Item().label() == "item"
        """,
    "test_limit.py": """\
        def test_limit(limit):
            assert limit == 5
        def test_limit_again(limit):
            assert limit + 1 == 6
        class TestTotal:
            def test_total(self):
                from shop.lazy import total
                assert total([100, 200]) == 360
            def test_empty(self):
                import shop.lazy
                assert shop.lazy.total([]) == 0
        """,
    "test_data.py": """\
        import pathlib
        def test_data():
            assert pathlib.Path("data/one.txt").read_text() == "one\\n"
        def test_all():
            texts = [path.read_text()
                     for path in sorted(pathlib.Path("data").iterdir())]
            assert texts == ["one\\n", "two\\n"]
        def test_nothing():
            pass
        """,
    "data/one.txt": "one\n",
    "data/two.txt": "two\n",
}


def _mutants(texts):
    """Every function emptied, every constant and data file changed."""
    for name, text in texts.items():
        if not name.endswith(".py"):
            yield name, text.replace("o", "oops").replace("5", "55")
            yield name, None
            continue
        if name.startswith("test_"):
            continue
        lines = text.splitlines(keepends=True)
        for i, line in enumerate(lines):
            found = re.match(r"( *)(def |[A-Z]+ = )", line)
            if not found:
                continue
            indent, kind = found.groups()
            if kind == "def ":
                body = indent + "    raise RuntimeError('broken')\n"
                yield name, "".join(lines[:i + 1] + [body] + lines[i + 1:])
            else:
                yield name, "".join(
                    lines[:i] + [indent + kind + "'broken' * 2\n"]
                    + lines[i + 1:])
        yield name, None


def test_what_fails_was_selected(project):
    for name, text in PROJECT.items():
        project.write(name, text)
    project.env["PYTHONDONTWRITEBYTECODE"] = "1"
    project.pytest().ok()
    everything = set(project.units())
    assert len(everything) == 16
    texts = {name: (project.root / name).read_text() for name in PROJECT}
    count = broke = 0
    spared = set()
    for name, text in _mutants(texts):
        path = project.root / name
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
        selected = set(project.affected_units())
        report = project.plain("-q", "-rfE", "-p", "no:cacheprovider",
                               "--continue-on-collection-errors").out
        failed = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", report, re.M))
        failed = {unit for unit in everything
                  if unit in failed or unit.partition("::")[0] in failed}
        if "conftest.py" in report and "ImportError while" in report:
            failed = everything
        assert failed <= selected, (name, text, failed - selected)
        assert selected, (name, text)
        path.write_text(texts[name])
        count += 1
        broke += bool(failed)
        spared |= everything - selected
    assert project.affected() == []
    # The oracle itself has to be worth something.
    assert count > 25 and broke > 20
    assert len(spared) > 10
