# SPDX-License-Identifier: MIT
from flask import Blueprint, abort, current_app, request
from werkzeug.utils import import_string

part = Blueprint("write", __name__)
STATUS = 201


def store():
    found = current_app.extensions.get("store")
    if found is None:
        made = import_string(current_app.config["STORE"])
        found = current_app.extensions["store"] = made()
    return found


@part.post("/notes")
def add():
    text = request.get_data(as_text=True)
    try:
        number = store().add(text)
    except ValueError:
        abort(503)
    return str(number), STATUS
