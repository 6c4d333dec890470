# SPDX-License-Identifier: MIT
# How pytest gets its plugin.  The code of this file follows that of
# languages/python/start/start.py, whose names it uses.


def _watch_pytest(module):
    """Registers the plugin where pytest loads those that variables name."""
    kind = module.PytestPluginManager
    plain = kind.consider_env

    def consider_env(self):
        kind.consider_env = plain
        try:
            self.register(
                begin("runners.pytest.plugin", _root, _selection or None),
                "ftrace_pytest")
        except Exception:
            # It runs as it is, and is recorded as one unit.
            pass
        return plain(self)

    kind.consider_env = consider_env


runners["pytest"] = {"_pytest.config": _watch_pytest}
