"""Small valid things to vary in one respect: a book, a command, an operator, a sale, a recharge."""

from datetime import date
from typing import Any

from tests.support.model import Line, Sums
from topup.gateways.directory import OperatorTerms
from topup.ledger import chain
from topup.ledger.core import NEVER, Book, Command, Kind, Movement
from topup.money import MAX_MINOR
from topup.recharges.rules import Recharge, Sale

NOON_US = 1_800_000_000_000_000
TODAY = date(2027, 1, 15)
TOMORROW = date(2027, 1, 16)
SOURCE_ID = "01920000-0000-7000-8000-000000000001"


def a_book(**changes: Any) -> Book:  # fields of Book, whose types the constructor checks
    """An empty book of seller 7."""
    empty = Book(
        seller_id=7, currency="IRR", active=True, key_epoch=0, daily_limit=None, per_recharge_max=None,
        duplicate_window_s=None, available=0, held=0, funded=0, sold=0, adjusted=0, seq=0,
        head_hash=chain.GENESIS, moved_at_us=0, spent_on=NEVER, spent_today=0,
    )  # fmt: skip
    return empty._replace(**changes)


def a_funded_book(amount: int, **changes: Any) -> Book:  # fields of Book
    return a_book(available=amount, funded=amount, seq=1, **changes)


def a_command(kind: Kind = Kind.RECHARGE, amount: int = 100, **changes: Any) -> Command:  # fields of Command
    return Command(7, kind, amount, "recharge", SOURCE_ID, "user", 3)._replace(**changes)


def a_sale(**changes: Any) -> Sale:  # fields of Sale
    sale = Sale(
        seller_id=7, id=SOURCE_ID, reference="order-1", phone_number=989123456789, amount=50_000,
        operator=None, actor_id=3, key_epoch=None,
    )  # fmt: skip
    return sale._replace(**changes)


def a_recharge_of(sale: Sale, **changes: Any) -> Recharge:  # fields of Recharge
    """The recharge that this sale became."""
    recharge = Recharge(
        seller_id=sale.seller_id, id=sale.id, reference=sale.reference, phone_number=sale.phone_number,
        operator=sale.operator or "mci", operator_explicit=sale.operator is not None, amount=sale.amount,
        currency=sale.currency, state="succeeded", failure_code=None, created_at_us=NOON_US,
        updated_at_us=NOON_US, version=2, balance_after=950_000,
    )  # fmt: skip
    return recharge._replace(**changes)


def an_operator(code: str = "mci", **changes: Any) -> OperatorTerms:  # fields of OperatorTerms
    return OperatorTerms(
        code=code, active=True, gateway="instant", min_minor=1, max_minor=MAX_MINOR
    )._replace(**changes)


def line_of(movement: Movement) -> Line:
    """A movement of the product as a line that the model can read."""
    command = movement.command
    return Line(
        number=movement.seq, kind=str(command.kind), amount=command.amount, sums=Sums(*movement.after),
        source_type=command.source_type, source_id=command.source_id, actor_type=command.actor_type,
        actor_id=command.actor_id, moment_us=movement.created_at_us, sealed=movement.hash,
    )  # fmt: skip
