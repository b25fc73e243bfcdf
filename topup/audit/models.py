"""The audit log for Django's screens, read-only."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup.ledger.readonly import ReadOnlyModel


class Entry(ReadOnlyModel):
    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    at_us = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    act = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    reason = models.TextField()
    request_id = models.TextField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "entry"
        ordering: ClassVar = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return gettext("audit entry %(id)s") % {"id": self.id}
