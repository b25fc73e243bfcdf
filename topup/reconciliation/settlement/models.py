"""What staff keep about settlement files: mappings, and a record of each import."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from topup.audit import log
from topup.audit.log import Act
from topup.recharges.models import Case
from topup.reconciliation.settlement import mapping

MAX_NAME = 255
"""Characters kept of a file's name."""
MAX_WHO = 200
"""Characters kept of who asked."""


class KeptMapping(models.Model):
    """A declared mapping under a name. An import without another name uses its operator's code."""

    name = models.SlugField(primary_key=True, max_length=40)
    content = models.JSONField()

    class Meta:
        db_table = "settlement_mapping"
        ordering: ClassVar = ["name"]
        verbose_name = "settlement mapping"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:  # Django's own arguments
        """A change is in the audit log with what was before, whoever makes it."""
        with transaction.atomic():
            former = KeptMapping.objects.filter(pk=self.pk).values_list("content", flat=True).first()
            super().save(*args, **kwargs)
            if former != self.content:
                told = {"before": former or {}, "after": self.content}
                log.write(Act.MAPPING_CHANGED, subject_type="mapping", subject_id=self.pk, **told)

    def clean(self) -> None:
        try:
            mapping.convert(self.content)
        except mapping.MappingError as error:
            raise ValidationError({"content": str(error)}) from error


class SettlementFile(models.Model):
    """An import of one file. It is done once, by its operator and its content; `begun_at_us` is also the
    moment of the cases that it opened. `bad_lines` are the first of them: their numbers and what is wrong."""

    id = models.UUIDField(primary_key=True)
    operator = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=MAX_NAME)
    by_whom = models.CharField(max_length=MAX_WHO)
    day = models.DateField(null=True)
    begun_at_us = models.BigIntegerField()
    done_at_us = models.BigIntegerField(null=True)
    lines = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    ours_only = models.BigIntegerField(default=0)
    theirs_only = models.BigIntegerField(default=0)
    amount_differs = models.BigIntegerField(default=0)
    state_differs = models.BigIntegerField(default=0)
    still_open = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    cases = models.BigIntegerField(default=0)
    bad_lines: Any = models.JSONField(default=list)  # a list of texts

    class Meta:
        db_table = "settlement_file"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "digest"], name="settlement_file_once")
        ]
        indexes: ClassVar = [models.Index(fields=["operator", "day"], name="settlement_file_day")]

    def __str__(self) -> str:
        return _("settlement file %(name)s") % {"name": self.name}

    def opened(self) -> "QuerySet[Case]":
        """The cases that this import opened."""
        opened: QuerySet[Case] = Case.objects.filter(Q(operator=self.operator, opened_at_us=self.begun_at_us))
        return opened


class Seen(models.Model):
    """A recharge of around midnight that a file has: the file of the day beside it needs not."""

    pk = models.CompositePrimaryKey("seller_id", "recharge_id", "operator", "day")
    seller_id = models.BigIntegerField()
    recharge_id = models.UUIDField()
    operator = models.CharField(max_length=20)
    day = models.DateField()

    class Meta:
        db_table = "settlement_seen"

    def __str__(self) -> str:
        return f"recharge {self.recharge_id} in a file of {self.day}"
