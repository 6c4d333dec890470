# SPDX-License-Identifier: MIT
"""What Django looks up by name."""

from config import limits

SECRET_KEY = "nothing secret"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "shop.apps.ShopConfig",
]
MIDDLEWARE = [
    "shop.middleware.Marking",
    "django.middleware.common.CommonMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
    },
}
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["shop.context.shop"]},
}]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
APPEND_SLASH = True
LANGUAGE_CODE = "en-us"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_PREFIX": "shop",
    },
}
PAGE_SIZE = limits.PAGE_SIZE
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_SUBJECT_PREFIX = "[shop] "
SHOP_PRICING = "shop.pricing.with_tax"
