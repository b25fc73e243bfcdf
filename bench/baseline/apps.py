"""The application of the baseline, as Django finds it."""

from django.apps import AppConfig


class BaselineConfig(AppConfig):
    """Sellers and their transactions."""

    name = "bench.baseline"
    label = "baseline"
    default_auto_field = "django.db.models.BigAutoField"
