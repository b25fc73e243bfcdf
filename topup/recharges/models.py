"""Recharges for Django's screens, read-only."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

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
        return _("recharge %(id)s") % {"id": self.id}


class Case(ReadOnlyModel):
    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    kind = models.TextField()
    subject = models.TextField()
    recharge_id = models.UUIDField(null=True)
    operator = models.TextField()
    evidence = models.TextField()
    state = models.TextField()
    opened_at_us = models.BigIntegerField()
    closed_at_us = models.BigIntegerField(null=True)
    closed_by = models.BigIntegerField(null=True)
    resolution = models.TextField(null=True)  # noqa: DJ001  # NULL is what the table says

    class Meta:
        managed = False
        db_table = "staff_case"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return _("case %(id)s") % {"id": self.id}


class Dispute(ReadOnlyModel):
    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    recharge_id = models.UUIDField()
    state = models.TextField()
    reason = models.TextField()
    answer = models.TextField(null=True)  # noqa: DJ001  # NULL is what the table says
    evidence = models.TextField(null=True)  # noqa: DJ001  # NULL is what the table says
    opened_by = models.BigIntegerField()
    opened_at_us = models.BigIntegerField()
    answered_by = models.BigIntegerField(null=True)
    answered_at_us = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "dispute"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return _("dispute %(id)s") % {"id": self.id}


class Review(ReadOnlyModel):
    """An unknown recharge, in the queue of staff or on its way there; its id is the recharge's."""

    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    phone_number = models.BigIntegerField()
    operator = models.TextField()
    gateway = models.TextField()
    amount = models.BigIntegerField()
    currency = models.TextField()
    reference = models.TextField()
    created_at_us = models.BigIntegerField()
    unknown_since_us = models.BigIntegerField(null=True)
    review_since_us = models.BigIntegerField(null=True)
    due_at_us = models.BigIntegerField()
    attempts = models.IntegerField()
    proposed_by = models.BigIntegerField(null=True)
    proposed_at_us = models.BigIntegerField(null=True)
    proposed_evidence = models.TextField(null=True)  # noqa: DJ001  # NULL is what the table says

    class Meta:
        managed = False
        db_table = "review"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return _("recharge %(id)s") % {"id": self.id}
