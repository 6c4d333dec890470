# SPDX-License-Identifier: MIT
from django import template

register = template.Library()
MARK = "!"


@register.filter
def loud(text):
    return text.upper() + MARK
