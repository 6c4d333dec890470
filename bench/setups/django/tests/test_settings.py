# SPDX-License-Identifier: MIT
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.utils import timezone, translation

from shop import pricing


def test_language():
    assert translation.get_language() == "en-us"


def test_zone():
    assert timezone.now().tzinfo is not None


def test_cache():
    cache.set("a", 1)
    assert cache.make_key("a").startswith("shop:")


def test_mail():
    mail.mail_admins("subject", "text")
    assert mail.outbox == []


def test_secret():
    assert settings.SECRET_KEY


def test_plain():
    assert pricing.plain(3) == 3


def test_taxed():
    assert pricing.taxed(8) == 10
