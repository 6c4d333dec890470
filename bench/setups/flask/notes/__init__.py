# SPDX-License-Identifier: MIT
from flask import Flask
from werkzeug.utils import find_modules, import_string

from notes import defaults


def create(name=None):
    app = Flask(__name__)
    app.config.from_object(defaults)
    app.config.from_object(name or "notes.settings")
    for each in find_modules("notes.parts"):
        app.register_blueprint(import_string(each).part)
    return app
