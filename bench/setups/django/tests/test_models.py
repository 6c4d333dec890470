# SPDX-License-Identifier: MIT
import pytest
from django.apps import apps
from django.db import connection

from shop.models import Item


@pytest.mark.django_db
def test_label():
    assert Item.objects.create(name="x").label == "item: x"


@pytest.mark.django_db
def test_cheap():
    Item.objects.create(name="x", price=9)
    Item.objects.create(name="y", price=11)
    assert [each.name for each in Item.cheap.all()] == ["x"]


@pytest.mark.django_db
def test_default():
    found = Item.objects.create(name="x")
    assert (found.price, found.kind) == (5, "book")


def test_lengths():
    assert Item._meta.get_field("name").max_length == 20


def test_app():
    assert apps.get_app_config("shop").verbose_name == "The shop"


def test_vendor():
    assert connection.vendor == "sqlite"


def test_id():
    assert type(Item._meta.pk).__name__ == "BigAutoField"
