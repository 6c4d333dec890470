# SPDX-License-Identifier: MIT
"""Names that only code of others looks up: settings, plugins, entry points.

Each with the real package.  What fails after an edit has to be selected.
"""

import re
import sys

import pytest

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)


@pytest.fixture
def framed(project, frameworks):
    project.python = frameworks
    return project


def _check(project, name, old, new, spared=()):
    """That all tests which an edit has fail are selected, and some are not."""
    with project.edited(name, old, new):
        selected = set(project.affected_units())
        failed = set(FAILED.findall(project.plain("-q", "-rfE").out))
    assert failed and failed <= selected
    assert not selected.intersection(spared)


def _tests(*names):
    return ["test_a.py::test_" + name for name in names]


def test_settings_of_django(framed):
    framed.write("pytest.ini", """\
        [pytest]
        DJANGO_SETTINGS_MODULE = proj.settings
        pythonpath = .
        """)
    framed.files(
        proj__settings="""\
            SECRET_KEY = "x"
            ALLOWED_HOSTS = ["*"]
            ROOT_URLCONF = "proj.urls"
            MIDDLEWARE = ["proj.middle.Mark"]
            DATABASES = {"default": {
                "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
            INSTALLED_APPS = ["django.contrib.contenttypes"]
            TEMPLATES = [{
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"context_processors": ["proj.context.shop"]}}]
            """,
        proj__urls="""\
            from django.http import HttpResponse
            from django.urls import path
            def home(request):
                return HttpResponse("home")
            urlpatterns = [path("", home)]
            """,
        proj__middle="""\
            class Mark:
                def __init__(self, get_response):
                    self.get_response = get_response
                def __call__(self, request):
                    response = self.get_response(request)
                    response["X-Mark"] = "on"
                    return response
            """,
        proj__context="""\
            def shop(request):
                return {"shop": "mine"}
            """,
        test_a="""\
            import pytest
            def test_home(client):
                assert client.get("/").content == b"home"
            def test_mark(client):
                assert client.get("/")["X-Mark"] == "on"
            @pytest.mark.django_db
            def test_base():
                from django.contrib.contenttypes.models import ContentType
                assert not ContentType.objects.filter(model="none").count()
            def test_template():
                from django.template import engines
                from django.test import RequestFactory
                made = engines["django"].from_string("{{ shop }}")
                assert made.render({}, RequestFactory().get("/")) == "mine"
            """)
    framed.pytest("-q").ok()
    assert framed.affected() == []
    for old, new in (('"proj.urls"', '"proj.nope"'),
                     ('"proj.middle.Mark"', ""), ("sqlite3", "nope"),
                     ("proj.context.shop", "nope.shop")):
        _check(framed, "proj/settings.py", old, new)


_ENGINES = {
    "django": """\
        import django
        from django.conf import settings
        from django.template.loader import render_to_string as render
        settings.configure(TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": ["pages"],
            "OPTIONS": {"libraries": {"extras": "extras"}}}])
        django.setup()
        """,
    "jinja": """\
        import jinja2
        import extras
        engine = jinja2.Environment(
            loader=jinja2.FileSystemLoader("pages"), auto_reload=False,
            extensions=[extras.Constant])
        def render(name):
            return engine.get_template(name).render()
        """}
_EXTRAS = {
    "django": """\
        from django import template
        register = template.Library()
        class Text(template.Node):
            def __init__(self, text):
                self.text = text
            def render(self, context):
                return self.text
        @register.tag
        def constant(parser, token):
            return Text("compiled")
        """,
    "jinja": """\
        from jinja2 import nodes
        from jinja2.ext import Extension
        class Constant(Extension):
            tags = {"constant"}
            def parse(self, parser):
                line = next(parser.stream).lineno
                return nodes.Output([nodes.Const("compiled")], lineno=line)
        """}


@pytest.mark.parametrize("engine", _ENGINES)
def test_templates_that_are_kept(framed, engine):
    """Whoever finds one in memory needs its file, and its compiled tags."""
    load = "{% load extras %}" if engine == "django" else ""
    framed.files(pages=_ENGINES[engine], extras=_EXTRAS[engine],
                 test_a="""\
        from pages import render
        def test_first():
            assert "inner" in render("outer.html")
        def test_second():
            assert "compiled" in render("outer.html")
        def test_other():
            assert render("other.html") == "other"
        """)
    framed.write("pages/outer.html",
                 load + "{% constant %} {% include 'inner.html' %}")
    framed.write("pages/inner.html", "inner")
    framed.write("pages/other.html", "other")
    framed.pytest("-q").ok()
    assert framed.affected() == []
    for name in "outer.html", "inner.html":
        with framed.edited("pages/" + name):
            assert framed.affected_units() == _tests("first", "second")
    with framed.edited("extras.py", '"compiled"', '"broken"'):
        assert framed.affected_units() == _tests("first", "second")
    with framed.edited("pages/other.html"):
        assert framed.affected_units() == _tests("other")


def test_configuration_of_flask(framed):
    framed.write("conf.json", '{"config": "app.testing.Config"}')
    cfg = "DEBUG = True\nSECRET_KEY = 'a'\n"
    framed.write("app/__init__.py", """\
        import json
        from flask import Flask
        from . import handed
        def by_name(name="app.named"):
            made = Flask(__name__)
            made.config.from_object(name)
            return made
        def by_module():
            made = Flask(__name__)
            made.config.from_object(handed)
            return made
        def by_import():
            from . import local
            made = Flask(__name__)
            made.config.from_object(local)
            return made
        def by_file():
            with open("conf.json") as file:
                return by_name(json.load(file)["config"])
        """)
    framed.files(
        app__named=cfg, app__handed=cfg, app__local=cfg, app__dotted=cfg,
        app__testing="class Base:\n    TESTING = False\n"
                     "class Config(Base):\n    DEBUG = True\n",
        app__made="""\
            from flask import Flask
            import app.dotted
            made = Flask(__name__)
            made.config.from_object(app.dotted)
            """,
        app__own="""\
            from flask import Flask
            DEBUG = True
            def create():
                made = Flask(__name__)
                made.config.from_object(__name__)
                return made
            """,
        test_a="""\
            import app
            def test_name():
                assert app.by_name().debug
            def test_module():
                assert app.by_module().debug
            def test_import():
                assert app.by_import().debug
            def test_file():
                made = app.by_file()
                assert made.debug and not made.testing
            def test_made():
                from app import made
                assert made.made.debug
            def test_own():
                from app import own
                assert own.create().debug
            """,
        test_b="def test_other():\n    pass\n")
    framed.pytest("-q").ok()
    other = ["test_b.py::test_other"]
    for name in ("named", "handed", "local", "dotted", "own", "testing"):
        _check(framed, "app/%s.py" % name, "DEBUG = True", "DEBUG = False",
               other)
    _check(framed, "app/testing.py", "TESTING = False", "TESTING = True",
           other)


def test_configuration_of_celery(framed):
    framed.files(
        work__app="""\
            from celery import Celery
            app = Celery("work")
            app.config_from_object("work.settings")
            """,
        work__settings="""\
            task_always_eager = True
            include = ["work.tasks"]
            """,
        work__tasks="""\
            from work.app import app
            @app.task
            def double(x):
                return 2 * x
            """,
        test_a="""\
            from work.app import app
            def test_task():
                app.loader.import_default_modules()
                assert app.tasks["work.tasks.double"].delay(4).get() == 8
            """)
    framed.pytest("-q").ok()
    _check(framed, "work/settings.py", "work.tasks", "work.nope")


def test_names_in_data(framed):
    framed.write("names.json", """{
        "django": "lib.plug.by_django", "werkzeug": "lib.plug.by_werkzeug",
        "pydantic": "lib.pydantic.backend"}""")
    framed.write("lib/__init__.py")
    framed.files(
        lib__plug="""\
            def run():
                return 1
            by_django = run
            by_werkzeug = run
            """,
        lib__pydantic="def make():\n    return 2\nbackend = make\n",
        test_a="""\
            import json
            def name(which):
                with open("names.json") as file:
                    return json.load(file)[which]
            def test_django():
                from django.utils.module_loading import import_string
                assert import_string(name("django"))() == 1
            def test_werkzeug():
                from werkzeug.utils import import_string
                assert import_string(name("werkzeug"))() == 1
            def test_pydantic():
                from pydantic import ImportString
                from pydantic_settings import BaseSettings
                class Settings(BaseSettings):
                    backend: ImportString
                assert Settings(backend=name("pydantic")).backend() == 2
            """)
    framed.pytest("-q", "-p", "no:django").ok()
    _check(framed, "lib/plug.py", "by_django = run\n", "")
    _check(framed, "lib/plug.py", "by_werkzeug = run\n", "")
    _check(framed, "lib/pydantic.py", "backend = make\n", "")


def test_drivers_of_stevedore(framed):
    framed.write("plugs-1.dist-info/METADATA",
                 "Metadata-Version: 2.1\nName: plugs\nVersion: 1\n")
    framed.write("plugs-1.dist-info/entry_points.txt",
                 "[our.plugs]\ntwo = plugs.two:make\n")
    framed.files(
        plugs__two="def made():\n    return 2\nmake = made\n",
        test_a="""\
            from stevedore import DriverManager
            def test_driver():
                assert DriverManager("our.plugs", "two").driver() == 2
            """)
    framed.pytest("-q").ok()
    _check(framed, "plugs/two.py", "make = made\n", "")


def test_python_itself(project):
    """Its library looks names up as well, that somebody reads in a file."""
    project.write("names.json", """{
        "log": "lib.log.FACTORY", "resolve": "lib.spec:VALUE",
        "patch": "lib.spec.OTHER", "module": "lib.spec"}""")
    project.write("plugs-1.dist-info/METADATA",
                  "Metadata-Version: 2.1\nName: plugs\nVersion: 1\n")
    project.write("plugs-1.dist-info/entry_points.txt",
                  "[our.plugs]\none = plugs:PLUG\n")
    project.write("lib/__init__.py")
    project.files(
        plugs="PLUG = 'one'\n",
        lib__log="""\
            import logging
            class Log(logging.Handler):
                pass
            FACTORY = Log
            """,
        lib__spec="VALUE = 3\nOTHER = 4\nWRITTEN = 5\n",
        test_a="""\
            import json, logging, logging.config, pkgutil
            import importlib.metadata
            from unittest import mock
            import lib.log, lib.spec, plugs
            def name(which):
                with open("names.json") as file:
                    return json.load(file)[which]
            def test_log():
                logging.config.dictConfig({
                    "version": 1, "disable_existing_loggers": False,
                    "handlers": {"one": {"()": name("log")}},
                    "loggers": {"x": {"handlers": ["one"]}}})
                assert type(logging.getLogger("x").handlers[0]).__name__ == (
                    "Log")
            def test_resolve():
                assert pkgutil.resolve_name(name("resolve")) == 3
            def test_patch():
                with mock.patch(name("patch"), 5):
                    pass
            def test_entry():
                plug, = importlib.metadata.distribution("plugs").entry_points
                assert plug.load() == "one"
            def test_written():
                with mock.patch("lib.spec.WRITTEN", 6):
                    pass
            @mock.patch("lib.spec.WRITTEN", 6)
            def test_decorated():
                pass
            def test_none():
                pass
            """)
    project.pytest("-q").ok()
    assert project.affected() == []
    _check(project, "lib/log.py", "FACTORY = Log\n", "", _tests("none"))
    # logging goes by names from lib to lib.log, and not to lib.spec.
    spared = _tests("none", "written", "decorated", "log")
    _check(project, "lib/spec.py", "VALUE = 3", "VALUE = 4", spared)
    _check(project, "lib/spec.py", "OTHER = 4\n", "", spared)
    _check(project, "lib/spec.py", "WRITTEN = 5\n", "", _tests("none"))
    _check(project, "plugs.py", "'one'", "'two'", _tests("none"))


def test_modules_that_others_load_by_hand(project):
    """As alembic loads its migrations: under no name."""
    project.write("site-packages/loading.py", """\
        import importlib.util
        def load(path):
            spec = importlib.util.spec_from_file_location("by_hand", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return {name: value for name, value in vars(module).items()
                    if name.isupper()}
        """)
    project.files(
        plug="LIMIT = 1\n",
        test_a="""\
            import sys
            sys.path.append("site-packages")
            from loading import load
            def test_one():
                assert 1 in load("plug.py").values()
            def test_none():
                pass
            """,
        test_b="def test_other():\n    pass\n")
    project.pytest("-q").ok()
    _check(project, "plug.py", "= 1", "= 2", ["test_b.py::test_other"])
