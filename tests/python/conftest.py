# SPDX-License-Identifier: MIT
"""The helper's modules are imported as the helper imports them."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTER = os.path.join(HERE, "..", "..", "languages", "python")
sys.path[:0] = [os.path.abspath(ADAPTER), HERE]
