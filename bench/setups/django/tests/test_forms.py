# SPDX-License-Identifier: MIT
from shop.forms import ItemForm


def test_valid(db):
    form = ItemForm({"name": "a", "kind": "tool", "price": 3})
    assert form.is_valid() and form.save().kind == "tool"


def test_too_cheap(db):
    form = ItemForm({"name": "a", "kind": "tool", "price": 0})
    assert form.errors == {"price": ["too cheap"]}


def test_kind(db):
    assert "kind" in ItemForm({"name": "a", "kind": "x", "price": 3}).errors


def test_fields():
    assert list(ItemForm().fields) == ["name", "kind", "price"]
