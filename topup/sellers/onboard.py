"""Registering a seller: its row, its first member and its empty book, in one transaction."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from topup.audit import log
from topup.audit.log import Act
from topup.sellers.models import Seller, User
from topup.sellers.roles import Role
from topup.sellers.tokens import expire_authentications


class UsernameTaken(Exception):
    """Somebody has this username."""


def register(*, name: str, username: str, password: str, email: str, currency: str) -> tuple[Seller, User]:
    """A new seller with its first member and an empty book.

    Raises UsernameTaken, or Django's ValidationError for a username or password that won't do.
    """
    user = User(username=username, email=email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise UsernameTaken
        seller = Seller.objects.create(name=name)
        user.seller = seller
        user.role = Role.OWNER
        user.full_clean()
        try:
            user.save()
        except IntegrityError as error:  # another took it meanwhile
            raise UsernameTaken from error
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger.open_v1(%s, %s)", [seller.id, currency])
        log.write(
            Act.SELLER_REGISTERED,
            subject_type="seller",
            subject_id=seller.pk,
            seller_id=seller.pk,
            after={"name": name, "username": username},
        )
    return seller, user


def change_addresses(*, seller_id: int, allowed_ips: list[str]) -> None:
    """Set the networks that a seller's keys may be used from; empty for any."""
    with transaction.atomic():
        former = Seller.objects.values_list("allowed_ips", flat=True).get(id=seller_id)
        Seller.objects.filter(id=seller_id).update(allowed_ips=allowed_ips)
        expire_authentications(seller_id)
        log.write(
            Act.ADDRESSES_CHANGED,
            subject_type="seller",
            subject_id=seller_id,
            seller_id=seller_id,
            before={"allowed_ips": former},
            after={"allowed_ips": allowed_ips},
        )


def rename(*, seller_id: int, name: str) -> None:
    """Give a seller another name, on record."""
    with transaction.atomic():
        former = Seller.objects.values_list("name", flat=True).get(id=seller_id)
        Seller.objects.filter(id=seller_id).update(name=name)
        log.write(
            Act.SELLER_RENAMED,
            subject_type="seller",
            subject_id=seller_id,
            seller_id=seller_id,
            before={"name": former},
            after={"name": name},
        )
