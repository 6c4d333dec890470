# SPDX-License-Identifier: MIT
import pytest
from django.urls import reverse

from shop.models import Item


@pytest.fixture
def three(db):
    return [Item.objects.create(name=name, price=price)
            for name, price in (("a", 4), ("b", 8), ("c", 12))]


def test_pages(client, three):
    first = client.get(reverse("shop:items")).json()["items"]
    assert first == ["a (Book)", "b (Book)"]


def test_next_page(client, three):
    assert client.get("/shop/?page=2").json()["items"] == ["c (Book)"]


def test_item(client, three):
    found = client.get(reverse("shop:item", args=[three[0].pk]))
    assert found.content == b"a (Book): 5"


def test_slash(client, three):
    found = client.get("/shop/%d" % three[0].pk)
    assert found.status_code == 301


def test_missing(client, db):
    found = client.get("/shop/77/")
    assert found.status_code == 404
    assert found.content == b"nothing here"


def test_about(client):
    found = client.get("/shop/about/")
    assert found.content.strip() == b"CORNER SHOP! at /shop/about/"


def test_header(client):
    assert client.get("/shop/about/")["X-Shop"] == "open"
