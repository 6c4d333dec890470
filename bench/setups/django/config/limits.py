# SPDX-License-Identifier: MIT
PAGE_SIZE = 2
LONGEST_NAME = 20
TAX = 25
