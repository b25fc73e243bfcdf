"""The tables of the baseline: a seller's balance in its row, and one row for each of its transactions."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone


class Seller(models.Model):
    """A company that resells airtime. Its balance is in rials, and a constraint keeps it at zero or above."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    balance = models.BigIntegerField(default=0)
    objects: "ClassVar[models.Manager[Seller]]"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="balance_not_negative", condition=models.Q(balance__gte=0))
        ]

    def __str__(self) -> str:
        return f"seller {self.pk}"


class Transaction(models.Model):
    """Money of a seller that moved: a credit or a recharge, with the balance after it."""

    class Kind(models.TextChoices):
        """Why it moved."""

        CREDIT = "credit"
        RECHARGE = "recharge"

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="transactions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount = models.BigIntegerField(validators=[MinValueValidator(1)])
    balance_after = models.BigIntegerField()
    phone_number = models.CharField(
        max_length=13, blank=True, validators=[RegexValidator(r"^(\+98|0)9\d{9}$")]
    )
    created_at = models.DateTimeField(default=timezone.now)
    objects: "ClassVar[models.Manager[Transaction]]"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="balance_after_not_negative", condition=models.Q(balance_after__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
