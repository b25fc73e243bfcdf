"""Settings of the baseline: nothing that a request would have to pass through for no use.

Owns the choices that make the design fast: connections are kept, there is no middleware, no session, no
browsable API. The database comes from BASELINE_DSN, which the bench sets.
"""

import os

from psycopg.conninfo import conninfo_to_dict

_WHERE = conninfo_to_dict(os.environ.get("BASELINE_DSN", "dbname=baseline"))

SECRET_KEY = "nobody-logs-in-here"  # noqa: S105  # the baseline signs nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
ROOT_URLCONF = "bench.baseline.urls"
WSGI_APPLICATION = "bench.baseline.wsgi.application"
MIDDLEWARE: list[str] = []
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "bench.baseline.apps.BaselineConfig",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _WHERE.get("host", ""),
        "NAME": _WHERE["dbname"],
        "USER": _WHERE.get("user", ""),
        "CONN_MAX_AGE": None,  # for ever: opening a connection takes longer than a sale
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
# Nobody logs in with a password.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
