# SPDX-License-Identifier: MIT
from django.db.models.signals import pre_save

PREFIX = "item: "


def _name(sender, instance, **_):
    if not instance.label:
        instance.label = PREFIX + instance.name


def connect():
    pre_save.connect(_name, sender="shop.Item", dispatch_uid="shop")
