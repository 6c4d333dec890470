# SPDX-License-Identifier: MIT
from notes.settings import *  # noqa: F401, F403


class Base:
    SECRET_KEY = "base"
    TITLE = "Tested notes"


class Testing(Base):
    TESTING = True
    PROPAGATE_EXCEPTIONS = True


class Quiet(Testing):
    TITLE = ""
    STORE = "notes.stores.nothing"
