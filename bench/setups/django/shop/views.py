# SPDX-License-Identifier: MIT
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.module_loading import import_string

from shop.models import Item

MISSING = "nothing here"


def items(request):
    pages = Paginator(Item.objects.all(), settings.PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    return JsonResponse({"items": [str(each) for each in page]})


def item(request, number):
    found = get_object_or_404(Item, pk=number)
    price = import_string(settings.SHOP_PRICING)(found.price)
    return HttpResponse("%s: %d" % (found, price))


def about(request):
    return render(request, "about.html")


def nothing(request, exception):
    return HttpResponseNotFound(MISSING)
