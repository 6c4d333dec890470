# SPDX-License-Identifier: MIT
"""What of pytest's command line has it find other tests than it is set to."""

# These leave files out, or have other settings, than the command without them.
_LEAVING = ("--ignore", "-o", "--override-ini", "-c", "--config-file",
            "--noconftest", "--confcutdir", "--rootdir")
_COLLECTING = ("no:python", "no:unittest", "no:doctest")

# Of these, those that say nothing of what is a test in a file.
_OF_FILES = ("--ignore", "--rootdir")


def _arguments(config):
    return [argument for argument in map(str, config.invocation_params.args)
            if argument.startswith(_LEAVING)
            or argument.endswith(_COLLECTING)]


def is_narrowed(config):
    return bool(_arguments(config))


def is_in_part(config):
    """Also in the files that it takes."""
    return not all(each.startswith(_OF_FILES) for each in _arguments(config))
