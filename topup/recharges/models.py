"""Recharges for Django's screens, read-only."""

from typing import ClassVar

from django.db import models

from topup.ledger.readonly import ReadOnlyModel


class Recharge(ReadOnlyModel):
    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    reference = models.TextField()
    phone_number = models.BigIntegerField()
    operator = models.TextField()
    amount = models.BigIntegerField()
    currency = models.TextField()
    state = models.TextField()
    settle_seq = models.BigIntegerField(null=True)
    reverse_seq = models.BigIntegerField(null=True)
    reversal_reason = models.TextField(null=True)  # noqa: DJ001  # NULL is what the table says
    created_at_us = models.BigIntegerField()
    updated_at_us = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "recharge"
        ordering: ClassVar = ["-seller_id", "-id"]

    def __str__(self) -> str:
        return f"recharge {self.id}"
