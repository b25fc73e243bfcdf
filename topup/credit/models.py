"""Credit requests for Django's screens, read-only."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from topup.ledger.readonly import ReadOnlyModel


class CreditRequest(ReadOnlyModel):
    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    currency = models.TextField()
    state = models.TextField()
    note = models.TextField()
    reason = models.TextField()
    requested_by = models.BigIntegerField()
    decided_by = models.BigIntegerField(null=True)
    credit_seq = models.BigIntegerField(null=True)
    created_at_us = models.BigIntegerField()
    decided_at_us = models.BigIntegerField(null=True)
    bank_reference = models.TextField(default="")

    class Meta:
        managed = False
        db_table = "credit_request"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return _("credit request %(id)s") % {"id": self.id}
