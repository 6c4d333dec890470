# SPDX-License-Identifier: MIT
from django import forms

from shop.models import Item

LEAST = 1


class ItemForm(forms.ModelForm):
    class Meta:
        model = Item
        fields = ["name", "kind", "price"]

    def clean_price(self):
        price = self.cleaned_data["price"]
        if price < LEAST:
            raise forms.ValidationError("too cheap")
        return price
