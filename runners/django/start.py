# SPDX-License-Identifier: MIT
# How `manage.py test` gets its hooks.  The code of this file follows that of
# languages/python/start/start.py, whose names it uses.


class _Utility:
    """Stands for ManagementUtility.execute until it is asked for.

    It is before the settings and the applications are loaded.
    """

    def __init__(self, kind):
        self.kind = kind
        self.plain = kind.execute

    def __get__(self, utility, owner=None):
        if utility is not None:
            self.kind.execute = self.plain
            if getattr(utility, "argv", None)[1:2] == ["test"]:
                self.begin()
        return self.plain.__get__(utility, owner)

    @staticmethod
    def begin():
        try:
            begin("runners.django.plugin", _root, _selection or None)
        except Exception:
            # It runs as it is, and is recorded as one unit.
            pass


def _watch_management(module):
    module.ManagementUtility.execute = _Utility(module.ManagementUtility)


runners["django"] = {"django.core.management": _watch_management}
