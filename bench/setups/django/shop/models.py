# SPDX-License-Identifier: MIT
from django.db import models

from config import limits

KINDS = [("book", "Book"), ("tool", "Tool")]


class Cheap(models.Manager):
    limit = 10

    def get_queryset(self):
        return super().get_queryset().filter(price__lt=self.limit)


class Item(models.Model):
    name = models.CharField(max_length=limits.LONGEST_NAME)
    label = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=KINDS, default="book")
    price = models.IntegerField(default=5)

    objects = models.Manager()
    cheap = Cheap()

    class Meta:
        app_label = "shop"
        ordering = ["name"]

    def __str__(self):
        return "%s (%s)" % (self.name, self.get_kind_display())
