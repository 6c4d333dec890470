# SPDX-License-Identifier: MIT
from config import limits


def plain(price):
    return price


def taxed(price):
    return price + price * limits.TAX // 100


with_tax = taxed
