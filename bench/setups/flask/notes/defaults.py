# SPDX-License-Identifier: MIT
DEBUG = False
TESTING = False
SESSION_COOKIE_NAME = "notes"
PREFERRED_URL_SCHEME = "https"
MAX_CONTENT_LENGTH = 1000
TITLE = "Notes"
STORE = "notes.stores.memory"
