"""Django's settings, made from `topup.config` and nothing else."""

import os
from datetime import timedelta
from pathlib import Path
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
    "topup.audit",
    "topup.credit",
    "topup.recharges",
    "topup.reconciliation.settlement",
    "topup.webhooks",
    "topup.portal",
    "topup.console",
    "unfold.apps.BasicAppConfig",
    "topup.console.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "topup.telemetry.pages.Told",
    "topup.site.policy.Policy",
    "topup.site.missing.Missing",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "topup.telemetry.pages.Identified",
    "topup.portal.sessions.Seen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "topup.portal.frame.frame",
            ]
        },
    }
]

# The owner's role migrates; everything else runs as the application's, which owns nothing.
_ROLE = "owner" if os.environ.get("TOPUP_DATABASE_ROLE") == "owner" else "app"
_NAMED = ("dbname", "user", "password", "host", "port")


def _database() -> dict[str, Any]:  # Django's own shape
    given = database.parameters(CONFIG, _ROLE)
    # Everything else of the URL too: TLS, several hosts and which of them may be written to.
    extra = {name: value for name, value in given.items() if name not in _NAMED}
    pool = {
        "min_size": database.POOL_MIN,
        "max_size": CONFIG.database_pool_size,
        "timeout": database.POOL_WAIT_S,
    }
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
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first, so that who is locked out is asked no further
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/account/login/"

ACCOUNT_ADAPTER = "topup.portal.login.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # unused: nobody signs up here
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": f"{CONFIG.login_limit_per_minute}/m/ip" if CONFIG.login_limit_per_minute else None,
    "login_failed": "5/5m/key",  # codes of a second factor; wrong passwords are counted by axes
}
ACCOUNT_FORMS = {
    "login": "topup.portal.login_forms.LogInForm",
    "reauthenticate": "topup.portal.login_forms.PasswordAgainForm",
    "change_password": "topup.portal.login_forms.NewPasswordForm",
}
MFA_ADAPTER = "topup.portal.login.SecondFactor"
MFA_FORMS = {
    "authenticate": "topup.portal.login_forms.CodeForm",
    "reauthenticate": "topup.portal.login_forms.CodeAgainForm",
    "activate_totp": "topup.portal.login_forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "TopUpEngine"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: clocks of phones differ

AXES_FAILURE_LIMIT = CONFIG.login_failures_max
AXES_COOLOFF_TIME = timedelta(minutes=CONFIG.login_lock_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a stranger elsewhere locks nobody out
AXES_LOCKOUT_CALLABLE = "topup.portal.login.locked"
AXES_CLIENT_IP_CALLABLE = "topup.portal.login.address_of"
AXES_USERNAME_CALLABLE = "topup.portal.login.username_of"
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # security.log and the audit log tell it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fa", "Persian")]
LOCALE_PATHS = [Path(__file__).resolve().parents[2] / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG
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
LOGGING.setdefault("loggers", {})["axes"] = {"level": "WARNING"}  # it tells every log-in five times
