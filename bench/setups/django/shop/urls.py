# SPDX-License-Identifier: MIT
from django.urls import path

from shop import views

app_name = "shop"
urlpatterns = [
    path("", views.items, name="items"),
    path("<int:number>/", views.item, name="item"),
    path("about/", views.about, name="about"),
]
