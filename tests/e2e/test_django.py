# SPDX-License-Identifier: MIT
"""Tests that `manage.py test` runs: each is a unit, asked for by its dotted
name."""

import os
import re
import shutil
import sqlite3

import pytest

from helpers import Project

RAN = re.compile(r"^\w+ \((\S+)\) ?\.\.\.", re.M)

FILES = {
    ".gitignore": "__pycache__/\n",
    "manage.py": """\
        import os
        import sys

        from django.core.management import execute_from_command_line

        if __name__ == "__main__":
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
            execute_from_command_line(sys.argv)
        """,
    "site_/__init__.py": "",
    "site_/settings.py": """\
        SECRET_KEY = "x"
        ROOT_URLCONF = "site_.urls"
        INSTALLED_APPS = ["polls"]
        USE_TZ = True
        DATABASES = {"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        TEMPLATES = [{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": ["templates"]}]
        """,
    "site_/urls.py": """\
        from django.urls import path
        from polls import views

        urlpatterns = [path("", views.home), path("about", views.about)]
        """,
    "templates/home.html": "{{ text }}\n",
    "polls/__init__.py": "",
    "polls/models.py": """\
        from django.db import models

        class Poll(models.Model):
            text = models.CharField(max_length=20)

            def shout(self):
                return self.text.upper()

            def whisper(self):
                return self.text.lower()
        """,
    "polls/views.py": """\
        from django.conf import settings
        from django.http import HttpResponse
        from django.shortcuts import render

        def home(request):
            assert settings.SECRET_KEY
            return render(request, "home.html", {"text": "home"})

        def about(request):
            return HttpResponse("about")
        """,
    "polls/migrations/__init__.py": "",
    "polls/migrations/0001_initial.py": """\
        from django.db import migrations, models
        from polls.seeds import seed

        class Migration(migrations.Migration):
            initial = True
            operations = [
                migrations.CreateModel("Poll", [
                    ("id", models.AutoField(primary_key=True)),
                    ("text", models.CharField(max_length=20))]),
                migrations.RunPython(seed)]
        """,
    "polls/seeds.py": """\
        def seed(apps, editor):
            apps.get_model("polls", "Poll").objects.create(text="First")
        """,
    "polls/tests.py": """\
        from django.test import SimpleTestCase, TestCase, tag
        from polls.models import Poll

        class PureTests(SimpleTestCase):
            def test_one(self):
                self.assertEqual(Poll(text="a").shout(), "A")

            @tag("slow")
            def test_about(self):
                self.assertEqual(self.client.get("/about").content, b"about")

        class PollTests(TestCase):
            def test_home(self):
                self.assertEqual(self.client.get("/").content, b"home\\n")

            def test_shout(self):
                self.assertEqual(Poll.objects.get().shout(), "FIRST")

            def test_whisper(self):
                self.assertEqual(Poll.objects.get().whisper(), "first")
        """,
}

ONE, ABOUT, HOME, SHOUT, WHISPER = ALL = [
    "polls.tests." + name for name in (
        "PureTests.test_one", "PureTests.test_about", "PollTests.test_home",
        "PollTests.test_shout", "PollTests.test_whisper")]


def manage(project, *options):
    return [project.python, "manage.py", "test", "-v2", *options]


def ran(result):
    # From 3.11 on the name has that of the test behind it.
    return sorted(RAN.findall(result.err))


def warm(project, *options, code=0):
    result = project.ftrace("test", "--", *manage(project, *options))
    assert result.code == code, result
    return ran(result)


@pytest.fixture(scope="module")
def recorded_site(tmp_path_factory, frameworks):
    made = Project(tmp_path_factory.mktemp("django") / "project")
    made.python = frameworks
    for name, text in FILES.items():
        made.write(name, text)
    plain = made.sh(*manage(made))
    traced = made.run(*manage(made)).ok()
    assert traced.out == plain.out
    assert ran(traced) == ran(plain) == sorted(ALL)
    return made


@pytest.fixture
def site(recorded_site, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(recorded_site.root, root)
    copy = Project(root)
    copy.python = recorded_site.python
    assert warm(copy) == []
    return copy


@pytest.mark.smoke
@pytest.mark.parametrize("name, old, new, expected", [
    ("polls/models.py", "self.text.lower()", "str(self.text).lower()",
     [WHISPER]),
    ("polls/models.py", "self.text.upper()", "str(self.text).upper()",
     [SHOUT, ONE]),
    ("polls/views.py", 'HttpResponse("about")', 'HttpResponse(b"about")',
     [ABOUT]),
    ("templates/home.html", "{{ text }}", "{{text}}", [HOME]),
    # Whoever has databases has what migrations put there.
    ("polls/seeds.py", "First", "FirSt", [HOME, SHOUT, WHISPER]),
])
def test_what_an_edit_selects(site, name, old, new, expected):
    site.edit(name, old, new)
    assert site.affected() == sorted(expected)
    assert warm(site) == sorted(expected)
    assert site.affected() == []


def test_what_holds_for_all(site):
    site.edit("site_/settings.py", "USE_TZ = True", "USE_TZ = False")
    assert site.affected() == ["polls.tests"]
    assert site.sh(*manage(site, "polls.tests")).code == 0


def test_new_files_and_broken_ones(site):
    site.write("polls/test_more.py", """\
        from django.test import SimpleTestCase

        class More(SimpleTestCase):
            def test_good(self):
                pass

            def test_bad(self):
                self.fail()
        """)
    assert site.affected() == ["polls.test_more"]
    more = ["polls.test_more.More.test_bad", "polls.test_more.More.test_good"]
    assert warm(site, code=1) == more
    assert site.affected() == more[:1]
    site.write("polls/test_more.py", "syntax error(")
    site.ftrace("test", "--", *manage(site))
    assert site.affected() == ["polls.test_more"]
    (site.root / "polls/test_more.py").unlink()
    assert warm(site) == []


@pytest.mark.parametrize("options", [
    ("--tag", "slow"), ("-k", "about"), ("polls.tests.PureTests.test_about",)])
def test_some_of_them(site, options):
    """They leave what is known of the others alone."""
    assert ran(site.run(*manage(site, *options)).ok()) == [ABOUT]
    site.edit("polls/models.py", "self.text.lower()", "str(self.text).lower()")
    assert warm(site) == [WHISPER]


def test_in_parallel(site):
    site.edit("polls/seeds.py", "First", "FirSt")
    result = site.ftrace("test", "--", *manage(
        site, "--parallel", "2", "--keepdb")).ok()
    assert "Found 3 test(s)" in result.out
    assert site.affected() == []
    assert warm(site) == []
    site.edit("polls/models.py", "self.text.upper()", "str(self.text).upper()")
    assert site.affected() == sorted([ONE, SHOUT])


def test_what_django_keeps_for_itself(site):
    """Settings that were read, and clients of other classes, tie no test."""
    database = sqlite3.connect(site.root / ".ftrace" / "map.db")
    names = [os.fsdecode(name) for name, in database.execute(
        "SELECT name FROM scope WHERE kind = 11")]
    database.close()
    assert not [name for name in names
                if "client" in name or "settings" in name]


def test_audit(site):
    result = site.ftrace("audit", "-n", "2", "--", *manage(site)).ok()
    assert "audited 2 units of 5" in result.err
    assert "no gap" in result.err


def test_a_runner_of_their_own_is_one_unit(site):
    site.write("site_/runner.py", """\
        class Runner:
            def __init__(self, **options):
                pass

            def run_tests(self, labels):
                return 0
        """)
    result = site.run(*manage(site, "--testrunner", "site_.runner.Runner"))
    assert result.code == 0
    assert "TEST_RUNNER" in result.err
