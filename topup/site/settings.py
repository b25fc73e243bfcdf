"""Django's settings, made from `topup.config` and nothing else."""

import os
from typing import Any

from topup import config as installation
from topup import database, shared_cache
from topup.telemetry import logs

CONFIG = installation.load()

DEBUG = CONFIG.debug
SECRET_KEY = installation.secret_key(CONFIG)
ALLOWED_HOSTS = [host.strip() for host in CONFIG.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "topup",
    "topup.telemetry",
    "topup.sellers",
    "topup.gateways",
    "topup.ledger",
    "topup.credit",
    "topup.recharges",
    "topup.reconciliation.settlement",
    "topup.webhooks",
    "topup.console",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "topup.telemetry.pages.Told",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "topup.telemetry.pages.Identified",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "topup.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# The owner's role migrates; everything else runs as the application's, which owns nothing.
_ROLE = "owner" if os.environ.get("TOPUP_DATABASE_ROLE") == "owner" else "app"
_POOL_MAX = 8


def _database() -> dict[str, Any]:  # Django's own shape
    given = database.parameters(CONFIG, _ROLE)
    extra = {name: given[name] for name in ("options", "connect_timeout", "application_name")}
    pool = {"min_size": 0, "max_size": _POOL_MAX, "timeout": database.POOL_WAIT_S}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.get("dbname", ""),
        "USER": given.get("user", ""),
        "PASSWORD": given.get("password", ""),
        "HOST": given.get("host", ""),
        "PORT": given.get("port", ""),
        "CONN_HEALTH_CHECKS": True,  # a pooled connection may have died with the server
        "OPTIONS": {**extra, **({"pool": pool} if _ROLE == "app" else {})},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "sellers.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/admin/login/"

LANGUAGE_CODE = "en"
TIME_ZONE = CONFIG.time_zone
USE_TZ = True

STATIC_URL = "/static/"

CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if CONFIG.redis_url:
    from topup import redis_link

    CACHES[shared_cache.ALIAS] = shared_cache.in_redis(CONFIG.redis_url, redis_link.blocking_options())
    SESSION_ENGINE = "topup.sellers.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
# In production every page is HTTPS, by a proxy of TRUSTED_PROXIES; a browser that came once stays so.
SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 30 * 24 * 3600
# Whether other host names of the domain are HTTPS only, and a browser's built-in list says so, is for
# the owner of the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = logs.dictionary(CONFIG)
