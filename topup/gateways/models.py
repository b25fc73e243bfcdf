"""The operators: settings that staff keep, read by every batch of sales."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from topup import shared_cache


class Operator(models.Model):
    """A mobile network. `prefixes` are the first national digits of its numbers."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"

    class Gateway(models.TextChoices):
        INSTANT = "instant"

    code = models.SlugField(primary_key=True, max_length=20)
    name_en = models.CharField(max_length=60)
    name_fa = models.CharField(max_length=60)
    prefixes = ArrayField(models.CharField(max_length=8))
    gateway = models.CharField(max_length=20, choices=Gateway.choices, default=Gateway.INSTANT)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    min_minor = models.BigIntegerField(default=1)
    max_minor = models.BigIntegerField(default=2**63 - 1)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="operator_range",
                condition=models.Q(min_minor__gte=1, max_minor__gte=models.F("min_minor")),
            )
        ]

    CACHED_AS: ClassVar = "operators"
    """Under which the list of all is kept in the shared cache."""

    def __str__(self) -> str:
        return self.name_en

    def save(self, *args: Any, **kwargs: Any) -> None:  # Django's own arguments
        super().save(*args, **kwargs)
        shared_cache.changed(self.CACHED_AS)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # Django's own arguments
        deleted = super().delete(*args, **kwargs)
        shared_cache.changed(self.CACHED_AS)
        return deleted
