# SPDX-License-Identifier: MIT
"""The set-ups without Python: shells, builds, runners of other languages."""

from settles_project import Setup
from settles_tools import needs

QUICK = [
    Setup("counter", {"test.sh": """
            cat counter 2>/dev/null
            echo x >>counter
            [ -e out ] || cat counter >out
            cat out source
        """, "source": "1\n"},
          ("sh", "test.sh"), ("source", "1", "2"), tool=needs("sh")),
    Setup("hard-link", {"test.sh": "cat a\nln -f a b\n", "a": "1\n",
                        ".gitignore": "b\n"},
          ("sh", "test.sh"), ("a", "1", "2"), tool=needs("sh")),
]
