"""Registering a seller: its row, its first member and its empty book, in one transaction."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from topup.sellers.models import Seller, User
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
        user.full_clean()
        try:
            user.save()
        except IntegrityError as error:  # another took it meanwhile
            raise UsernameTaken from error
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger.open_v1(%s, %s)", [seller.id, currency])
    return seller, user


def change_addresses(*, seller_id: int, allowed_ips: list[str]) -> None:
    """Set the networks that a seller's keys may be used from; empty for any."""
    with transaction.atomic():
        Seller.objects.filter(id=seller_id).update(allowed_ips=allowed_ips)
        expire_authentications(seller_id)
