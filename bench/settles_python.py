# SPDX-License-Identifier: MIT
"""The set-ups with Python: pytest, its plugins and what starts it."""

import oracle_fixture
from settles_project import Setup
from settles_tools import at_hand, pip

ALL = oracle_fixture.FILES
# The test that starts a child has set-ups of its own: on what a child reads
# it depends as a whole, comments as well.
SHOP = {**ALL, "tests/test_price.py": ALL["tests/test_price.py"].partition(
    "        def test_child")[0]}
PYTEST = ("python", "-m", "pytest", "-q")
EDIT = ("shop/price.py", "// (100 + rate)", "// (rate + 100)")
# The same tests, for who has no pytest.
CASES = {
    "shop/__init__.py": "",
    "shop/price.py": ALL["shop/price.py"],
    "tests/__init__.py": "",
    "tests/test_cases.py": """
        import unittest
        from shop import price

        class Cases(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                with open("rate.txt") as file:
                    file.read()

            def test_gross(self):
                self.assertEqual(price.gross(100), 120)

            def test_net(self):
                self.assertEqual(price.net(120), 100)

            def test_another(self):
                pass
    """,
    "rate.txt": "20",
}
IGNORED = {".gitignore": "__pycache__/\n.*cache/\n"}


def shop(name, *options, tool, files=None, most=0.9, edit=EDIT,
         comment=("shop/__init__.py", "shop/price.py"), **more):
    """The small project: a package beside its tests, one starts a child."""
    return Setup(name, {**SHOP, **IGNORED, **(files or {})},
                 (*PYTEST, *options), edit, tool=tool, comment=comment,
                 most=most, **more)


def ini(*lines):
    return {"pyproject.toml": "[tool.pytest.ini_options]\n"
            + "".join(line + "\n" for line in lines)}


PROPERTY = {
    "tests/conftest.py": SHOP["tests/conftest.py"].replace(
        "import pytest", "import hypothesis\n        import pytest", 1),
    "tests/test_given.py": """
        from hypothesis import given, strategies
        from shop import price

        @given(strategies.integers(0, 10 ** 6))
        def test_gross(amount):
            assert price.gross(amount) == amount * 120 // 100
    """,
}

CHILDREN = {
    "tests/test_price.py": ALL["tests/test_price.py"],
    "tests/test_children.py": """
        import subprocess
        import sys

        def test_script():
            subprocess.run([sys.executable, "script.py"], check=True)

        def test_executed():
            subprocess.run(["./script.py"], check=True)

        def test_code():
            subprocess.run([sys.executable, "-c", "import shop"], check=True)
    """,
    "script.py": """\
        #!/usr/bin/env python3
        import shop.price
        print(shop.price.gross(10))
    """,
}

LISTS = {"tests/test_lists.py": """
        import os

        def test_lists():
            assert "shop" in os.listdir()
    """}

QUICK = [
    shop("pytest", tool=at_hand),
    shop("junitxml", "--junitxml=report.xml", tool=at_hand),
    shop("children", tool=at_hand, files=CHILDREN, comment=()),
    shop("lists-root", tool=at_hand, files=LISTS),
    Setup("unittest", {**CASES, **IGNORED}, ("python", "-m", "unittest"),
          EDIT, tool=at_hand, comment=("shop/price.py",), most=0.5),
]

PLAIN = [
    shop("junitxml-tmp", "--junitxml=@OTHER@/report.xml", tool=pip()),
    shop("cov", "--cov=shop", tool=pip("pytest-cov==7.1.0")),
    shop("cov-xdist", "--cov=shop", "-n", "2",
         tool=pip("pytest-cov==7.1.0", "pytest-xdist==3.8.0")),
    shop("cov-reports", "--cov=shop", "--cov-report=html",
         "--cov-report=xml", "--cov-report=term",
         tool=pip("pytest-cov==7.1.0")),
    shop("html", "--html=report.html", tool=pip("pytest-html==4.2.0")),
    shop("basetemp", "--basetemp=tmp", tool=pip(), files={
        "tests/test_tmp.py": """
            def test_tmp(tmp_path):
                (tmp_path / "a").write_text("a")
                assert (tmp_path / "a").read_text() == "a"
        """}),
    shop("log-file", tool=pip(),
         files=ini('log_file = "pytest.log"', 'log_file_level = "INFO"')),
    shop("hypothesis", tool=pip("hypothesis==6.170.15"), files=PROPERTY),
    shop("pytest-7-argument", "tests", tool=pip(pytest="7.4")),
    shop("pytest-8-argument", "tests", tool=pip()),
    shop("pytest-8-testpaths", tool=pip(), files=ini('testpaths = ["tests"]')),
    shop("pytest-9", tool=pip(pytest="9")),
    shop("pytest-9-argument", "tests", tool=pip(pytest="9")),
    shop("locale", tool=pip(), variables={"LANG": None, "LC_ALL": None,
                                          "LC_CTYPE": None},
         asked={"LC_CTYPE": "C.UTF-8"}),
]
