# SPDX-License-Identifier: MIT
"""Stands in for the recording of functions: says that there is one."""

import os

mode = os.environ.pop("FTRACE_MODE", "evaluator") or None


def start(*_args, **_options):
    return mode


def stop():
    pass
