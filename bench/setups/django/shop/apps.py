# SPDX-License-Identifier: MIT
from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "The shop"

    def ready(self):
        from shop import signals
        signals.connect()
