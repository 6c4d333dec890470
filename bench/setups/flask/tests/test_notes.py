# SPDX-License-Identifier: MIT
import json
import os

import pytest

import notes

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture
def app():
    with open(os.path.join(HERE, "config.json")) as file:
        return notes.create(json.load(file)["config"])


@pytest.fixture
def client(app):
    return app.test_client()


def test_flags(app):
    assert app.testing and not app.debug


def test_title(client):
    assert client.get("/").text == "Tested notes"


def test_add(client):
    assert client.post("/notes", data="one").status_code == 201
    assert client.get("/notes").json == ["one"]


def test_full(client):
    codes = [client.post("/notes", data="x").status_code for _ in range(4)]
    assert codes == [201, 201, 201, 503]


def test_too_long(client):
    assert client.post("/notes", data="x" * 2000).status_code == 413


def test_session(client):
    assert client.get("/visits").text == "1"
    found = client.get("/visits")
    assert found.text == "2"
    assert found.headers["Set-Cookie"].startswith("notes=")


def test_scheme(app):
    with app.test_request_context():
        assert app.url_for("read.notes", _external=True).startswith("https:")


def test_where(client):
    assert client.get("/where").text == "https://localhost/notes"
