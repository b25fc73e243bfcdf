"""Who there is: sellers, users (a seller's members and staff) and keys.

A seller's standing (suspended, limits) is not here but on its book, where every sale reads it under
the lock that it takes anyway.
"""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from topup.ids import MAX_SELLER_ID
from topup.sellers import roles
from topup.sellers.roles import Deed, Role

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

    class Roles(models.TextChoices):
        """The roles of `topup.sellers.roles`, in people's words."""

        OWNER = Role.OWNER, _("owner")
        CASHIER = Role.CASHIER, _("cashier")
        VIEWER = Role.VIEWER, _("viewer")
        SUPPORT = Role.SUPPORT, _("support")
        FINANCE = Role.FINANCE, _("finance")
        ADMIN = Role.ADMIN, _("admin")

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    role = models.CharField(
        _("role"), max_length=16, choices=Roles.choices, blank=True, default="", db_default=""
    )

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                name="staff_or_member",
                condition=models.Q(seller=None) | models.Q(is_staff=False, is_superuser=False),
                violation_error_message=_("A user is staff or a member of a seller, not both."),
            ),
            models.CheckConstraint(
                name="role_fits",
                condition=models.Q(role="")
                | models.Q(role__in=["owner", "cashier", "viewer"], seller__isnull=False)
                | models.Q(role__in=["support", "finance", "admin"], seller__isnull=True),
                violation_error_message=_("This role is not one of staff, or not one of a member."),
            ),
        ]

    @property
    def deeds(self) -> frozenset[Deed]:
        """What this user may do."""
        return roles.deeds_of(self.standing)

    @property
    def standing(self) -> Role | None:
        """The role that counts; None for who is neither staff nor a member."""
        return roles.role_of(
            role=self.role,
            is_staff=self.is_staff,
            is_superuser=self.is_superuser,
            is_member=self.seller_id is not None,
        )


class ApiKey(models.Model):
    """A key of a user; only the SHA-256 of its secret is kept."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    label = models.CharField(max_length=60, blank=True)
    secret_sha256 = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    """To the minute: a beat of the API writes it (`topup/api/key_use.py`)."""

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("API key")

    def __str__(self) -> str:
        return self.label or str(self.id)
