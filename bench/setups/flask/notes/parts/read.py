# SPDX-License-Identifier: MIT
from flask import Blueprint, current_app, jsonify, session, url_for

from notes.parts.write import store

part = Blueprint("read", __name__)
VISITS = "visits"


@part.get("/")
def title():
    return current_app.config["TITLE"]


@part.get("/notes")
def notes():
    return jsonify(store().all())


@part.get("/visits")
def visits():
    session[VISITS] = session.get(VISITS, 0) + 1
    return str(session[VISITS])


@part.get("/where")
def where():
    return url_for("read.notes", _external=True)
