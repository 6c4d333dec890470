# SPDX-License-Identifier: MIT
"""The set-ups with pytest's plugins, frameworks, and what starts pytest."""

import json

import mutate_projects
from settles_project import Setup
from settles_python import IGNORED, PYTEST, ini, shop
from settles_tools import pip

DJANGO = {
    **ini('DJANGO_SETTINGS_MODULE = "site_.settings"', 'pythonpath = ["."]'),
    **IGNORED,
    "manage.py": """
        import os
        import sys
        from django.core.management import execute_from_command_line

        if __name__ == "__main__":
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
            execute_from_command_line(sys.argv)
    """,
    "site_/__init__.py": "",
    "site_/settings.py": """
        from pathlib import Path

        BASE_DIR = Path(__file__).resolve().parent.parent
        SECRET_KEY = "secret"
        DEBUG = True
        ALLOWED_HOSTS = ["*"]
        INSTALLED_APPS = ["django.contrib.contenttypes",
                          "django.contrib.auth", "notes"]
        ROOT_URLCONF = "site_.urls"
        DATABASES = {"default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": BASE_DIR / "db.sqlite3",
            "TEST": {"NAME": BASE_DIR / "test.sqlite3"}}}
        TEMPLATES = [{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True}]
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    """,
    "site_/urls.py": """
        from django.urls import path
        from notes import views

        urlpatterns = [path("", views.index)]
    """,
    "notes/__init__.py": "",
    "notes/models.py": """
        from django.db import models

        class Note(models.Model):
            text = models.CharField(max_length=100)

            def short(self):
                return self.text[:4]
    """,
    "notes/migrations/__init__.py": "",
    "notes/migrations/0001_initial.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            initial = True
            operations = [migrations.CreateModel("Note", [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.CharField(max_length=100))])]
    """,
    "notes/views.py": """
        from django.shortcuts import render
        from .models import Note

        def index(request):
            return render(request, "index.html",
                          {"notes": Note.objects.all()})
    """,
    "notes/templates/index.html":
        "{% for each in notes %}{{ each.text }}{% endfor %}\n",
    "tests/test_notes.py": """
        import pytest
        from notes.models import Note

        def test_short():
            assert Note(text="longer").short() == "long"

        def test_plain():
            assert 1 + 1 == 2

        @pytest.mark.django_db
        def test_stored():
            Note.objects.create(text="a")
            assert Note.objects.count() == 1

        @pytest.mark.django_db
        def test_page(client):
            Note.objects.create(text="b")
            assert client.get("/").content == b"b\\n"
    """,
}

FLASK = {
    **ini('pythonpath = ["."]'), **IGNORED,
    "web/__init__.py": """
        from flask import Flask, render_template

        def make():
            app = Flask(__name__)
            app.config.from_object("web.settings")
            app.add_url_rule("/", view_func=index)
            app.add_url_rule("/about", view_func=about)
            return app

        def index():
            return render_template("index.html", name="a")

        def about():
            return "about"
    """,
    "web/settings.py": "TESTING = True\n",
    "web/templates/index.html": "{{ name }}\n",
    "tests/test_web.py": """
        import pytest
        import web

        @pytest.fixture
        def client():
            return web.make().test_client()

        def test_index(client):
            assert client.get("/").data == b"a"

        def test_about(client):
            assert client.get("/about").data == b"about"
    """,
}

ASYNCIO = {"tests/test_async.py": """
    import asyncio
    import pytest
    from shop import price

    @pytest.mark.asyncio
    async def test_net():
        await asyncio.sleep(0)
        assert price.net(240) == 200
"""}

BDD = {
    "tests/net.feature": """
        Feature: Prices
            Scenario: Without tax
                Given a price of 240
                Then 200 remain
    """,
    "tests/test_bdd.py": """
        from pytest_bdd import given, parsers, scenarios, then
        from shop import price

        scenarios("net.feature")

        @given(parsers.parse("a price of {amount:d}"), target_fixture="net")
        def net(amount):
            return price.net(amount)

        @then(parsers.parse("{amount:d} remain"))
        def remain(net, amount):
            assert net == amount
    """,
}

SUBTESTS = {"tests/test_parts.py": """
    from shop import price

    def test_net(subtests):
        for amount in 120, 240:
            with subtests.test(amount=amount):
                assert price.net(amount) == amount * 10 // 12
"""}

BENCHMARK = {"tests/test_speed.py": """
    from shop import price

    def test_net(benchmark):
        assert benchmark(price.net, 120) == 100
"""}

SYRUPY = {"tests/test_snapshot.py": """
    from shop import price

    def test_net(snapshot):
        assert price.net(120) == snapshot
"""}

PLUGINS = [
    Setup("django", DJANGO, PYTEST,
          ("notes/models.py", "[:4]", "[0:4]"), comment=["notes/views.py"],
          most=0.9, tool=pip("django==5.2.19", "pytest-django==4.14.0")),
    Setup("flask", FLASK, PYTEST,
          ("web/__init__.py", 'return "about"', 'return "about"[:]'),
          comment=["web/__init__.py", "web/settings.py"], most=0.9,
          tool=pip("flask==3.1.3")),
    shop("asyncio", tool=pip("pytest-asyncio==1.5.0"), files=ASYNCIO),
    shop("bdd", tool=pip("pytest-bdd==9.0.1"), files=BDD),
    shop("randomly", tool=pip("pytest-randomly==5.1.0")),
    shop("subtests", tool=pip("pytest-subtests==0.15.0"), files=SUBTESTS),
    shop("benchmark", "--benchmark-autosave", "--benchmark-max-time=0.1",
         tool=pip("pytest-benchmark==5.3.1"), files=BENCHMARK),
    shop("syrupy", tool=pip("syrupy==5.0.0"), files=SYRUPY,
         once=[(*PYTEST, "--snapshot-update")]),
    shop("xdist", "-n", "2", tool=pip("pytest-xdist==3.8.0")),
]


def started(name, command, tool, files, **more):
    """pytest behind another program: one unit, or pytest's tests."""
    setup = shop(name, tool=tool, files=files, most=None, comment=(), **more)
    setup.command = command
    return setup


STARTED = [
    started("make-pytest", ("make", "-s", "test"), pip(), {
        "Makefile": "test:\n\tpython -m pytest -q\n"}),
    started("tox", ("tox", "-q"), pip("tox==4.67.15"), {
        "tox.ini": """
            [tox]
            skipsdist = true
            [testenv]
            skip_install = true
            deps = pytest==8.4.2
            commands = python -m pytest -q
        """, ".gitignore": IGNORED[".gitignore"] + ".tox/\n"},
        keep=[".tox"], prepare=[("tox", "-q", "--notest")]),
    started("nox", ("nox",), pip("nox==2026.10.20"), {
        "noxfile.py": """
            import nox

            @nox.session(reuse_venv=True)
            def tests(session):
                session.install("pytest==8.4.2")
                session.run("python", "-m", "pytest", "-q")
        """, ".gitignore": IGNORED[".gitignore"] + ".nox/\n"},
        keep=[".nox"], prepare=[("nox", "--install-only")]),
]

CHECKS = [
    Setup("checks", {
        "ftrace.json": json.dumps({"checks": {
            "lint": {"command": "ruff check --select E9,F8 shop",
                     "phase": "fast"},
            "format": {"command": "black -q shop", "phase": "mutating"},
            "names": {"command": "ls"},
            "types": {"command": "mypy shop"},
            "tests": {"command": " ".join(PYTEST)}}}),
        **shop("", tool=None).files},
        (), ("shop/price.py", "* 100 //", "* 50 * 2 //"), checks=True,
        once=[("black", "-q", "shop")],
        tool=pip("ruff==0.17.6", "black==26.10.1", "mypy==2.4.1")),
]

REPR = 'return f"<optional validator for {self.validator!r} or None>"'
ATTRS = [
    Setup("attrs", mutate_projects.Known(
        "attrs", "25.4.0",
        "16d5969b87f0859ef33a48b35d55ac1be6e42ae49d5e853b597db70c35c57e11",
        "", paths=["tests"]),
        (*PYTEST, "tests/test_make.py", "tests/test_funcs.py",
         "tests/test_validators.py", "tests/test_hooks.py"),
        ("src/attr/validators.py", REPR, REPR + "[:]"),
        comment=["src/attr/validators.py"], most=0.9,
        tool=pip("hypothesis==6.170.15", "cloudpickle==3.1.2",
                 "pympler==1.1"),
        variables={"PYTHONPATH": "src"}),
]
