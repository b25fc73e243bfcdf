"""Django's settings, made from `topup.config` and nothing else."""

import os
from typing import Any

from topup import config as installation
from topup import database

CONFIG = installation.load()

DEBUG = CONFIG.debug
SECRET_KEY = installation.secret_key(CONFIG)
ALLOWED_HOSTS = [host.strip() for host in CONFIG.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "topup",
    "topup.sellers",
    "topup.gateways",
    "topup.ledger",
    "topup.credit",
    "topup.recharges",
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
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Its warnings tell that a pipeline ended by the error that is raised anyway.
    "loggers": {"psycopg": {"level": "ERROR"}},
}
