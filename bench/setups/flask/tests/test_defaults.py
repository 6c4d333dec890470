# SPDX-License-Identifier: MIT
import notes
from notes import stores


def test_production():
    app = notes.create()
    assert not app.testing
    assert app.secret_key == "none"
    assert app.test_client().get("/").text == "Notes"


def test_scheme():
    assert notes.create().config["PREFERRED_URL_SCHEME"] == "https"


def test_quiet():
    client = notes.create("notes.testing.Quiet").test_client()
    assert client.get("/").text == ""
    assert client.post("/notes", data="x").status_code == 503


def test_cookies():
    app = notes.create()
    assert not app.session_interface.get_cookie_secure(app)


def test_reload():
    assert notes.create().jinja_env.auto_reload


def test_parts():
    assert sorted(notes.create().blueprints) == ["read", "write"]


def test_memory():
    kept = stores.memory()
    assert kept.add("a") == 0 and kept.all() == ["a"]


def test_nothing():
    assert stores.nothing().limit == 0
