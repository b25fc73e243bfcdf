"""Books, movements and adjustments for Django's screens, read-only."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from topup.ledger.readonly import ReadOnlyModel


class Book(ReadOnlyModel):
    """A seller's money row. A seller has one book, so its number serves as Django's key."""

    seller_id = models.BigIntegerField(primary_key=True)
    currency = models.TextField()
    active = models.BooleanField()
    available = models.BigIntegerField()
    held = models.BigIntegerField()
    funded = models.BigIntegerField()
    sold = models.BigIntegerField()
    adjusted = models.BigIntegerField()
    seq = models.BigIntegerField("version")
    daily_limit = models.BigIntegerField(null=True)
    per_recharge_max = models.BigIntegerField(null=True)
    duplicate_window_s = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "book"
        ordering: ClassVar = ["seller_id"]

    def __str__(self) -> str:
        return _("book of seller %(number)s") % {"number": self.seller_id}


class Movement(ReadOnlyModel):
    """A journal row with its computed id and its two accounts (the view `ledger.movement`)."""

    id = models.UUIDField(primary_key=True)
    seller_id = models.BigIntegerField()
    currency = models.TextField()
    seq = models.BigIntegerField("version")
    kind = models.TextField()
    from_account = models.TextField()
    to_account = models.TextField()
    amount = models.BigIntegerField()
    available = models.BigIntegerField("available after")
    held = models.BigIntegerField("held after")
    source_type = models.TextField()
    source_id = models.UUIDField()
    actor_type = models.TextField()
    actor_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    hash = models.TextField()

    class Meta:
        managed = False
        db_table = "movement"
        ordering: ClassVar = ["-seller_id", "-currency", "-seq"]

    def __str__(self) -> str:
        return _("movement %(seq)s of seller %(number)s") % {"seq": self.seq, "number": self.seller_id}
