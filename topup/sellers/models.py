"""Who there is: sellers, users (a seller's members and staff) and keys.

A seller's standing (suspended, limits) is not here but on its book, where every sale reads it under
the lock that it takes anyway.
"""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from topup.ids import MAX_SELLER_ID

MAX_ADDRESSES = 100


class Seller(models.Model):
    """A company that resells airtime. `allowed_ips` are networks; empty means any address."""

    name = models.CharField(max_length=120)
    allowed_ips = ArrayField(models.CharField(max_length=43), default=list, blank=True, size=MAX_ADDRESSES)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            # Ids of what belongs to a seller carry its number in 32 bits.
            models.CheckConstraint(
                name="seller_id_fits", condition=models.Q(id__gte=1, id__lte=MAX_SELLER_ID)
            )
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who logs in: a member of one seller, or staff, never both."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                name="staff_or_member",
                condition=models.Q(seller=None) | models.Q(is_staff=False, is_superuser=False),
                violation_error_message="A user is staff or a member of a seller, not both.",
            )
        ]


class ApiKey(models.Model):
    """A key of a user; only the SHA-256 of its secret is kept."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    label = models.CharField(max_length=60, blank=True)
    secret_sha256 = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.label or str(self.id)
