"""Operators, which every batch of sales reads, and how gateways reach them: settings that staff keep."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup import shared_cache
from topup.audit import log
from topup.audit.log import Act
from topup.gateways import registry
from topup.gateways.directory import INSTANT
from topup.gateways.settings import DEFAULT_MAX_IN_FLIGHT, MAX_HOST, MAX_IN_FLIGHT


class Operator(models.Model):
    """A mobile network. `prefixes` are the first national digits of its numbers."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")

    code = models.SlugField(primary_key=True, max_length=20)
    name_en = models.CharField(max_length=60)
    name_fa = models.CharField(max_length=60)
    prefixes = ArrayField(models.CharField(max_length=8))
    gateway = models.CharField(max_length=20, choices=registry.choices, default=INSTANT)
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
        return self.name_fa if (get_language() or "").startswith("fa") else self.name_en

    def save(self, *args: Any, **kwargs: Any) -> None:  # Django's own arguments
        """A change is in the audit log with what was before, whoever makes it."""
        names = [field.attname for field in self._meta.concrete_fields]
        with transaction.atomic():
            former = Operator.objects.filter(pk=self.pk).values(*names).first()
            super().save(*args, **kwargs)
            shared_cache.changed(self.CACHED_AS)
            after = {name: getattr(self, name) for name in names}
            if former not in (None, after):
                told = {"before": former, "after": after}
                log.write(Act.OPERATOR_CHANGED, subject_type="operator", subject_id=self.pk, **told)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # Django's own arguments
        deleted = super().delete(*args, **kwargs)
        shared_cache.changed(self.CACHED_AS)
        return deleted


class Connection(models.Model):
    """How one gateway reaches one operator. It outlives a switch to another gateway: recharges that were
    sold through this one are still asked about. `secrets` holds sealed texts by their names."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="connections")
    gateway = models.CharField(max_length=20, choices=registry.choices)
    configuration = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=dict, blank=True, editable=False)
    max_in_flight = models.PositiveSmallIntegerField(default=DEFAULT_MAX_IN_FLIGHT)
    allowed_hosts = ArrayField(models.CharField(max_length=MAX_HOST), default=list, blank=True)
    version = models.BigIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["operator", "gateway"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="connection_of_a_gateway", fields=["operator", "gateway"]),
            models.CheckConstraint(
                name="connection_in_flight",
                condition=models.Q(max_in_flight__gte=1, max_in_flight__lte=MAX_IN_FLIGHT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id}, {self.gateway}"
