"""The journal, read-only. A movement's id is worked out from its time, number and seller."""

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q

from topup import ids
from topup.console.admin import columns
from topup.console.admin.of_sellers import OfSellersAdmin
from topup.ledger.models import Movement
from topup.money import CURRENCIES

created = columns.moment("created_at", "Created")


@admin.register(Movement)
class MovementAdmin(OfSellersAdmin[Movement]):
    list_display = (
        created,
        columns.seller,
        "seq",
        "kind",
        columns.amount("amount", "Amount"),
        columns.amount("available", "Available after"),
        columns.amount("held", "Held after"),
        "id",
    )
    list_display_links = (created, "id")
    fields: ClassVar[Any] = (
        *list_display[:4],
        "from_account",
        "to_account",
        *list_display[4:],
        "source_type",
        "source_id",
        "actor_type",
        columns.person("actor_id", "Actor"),
        "hash",
    )
    readonly_fields = fields
    people = ("actor_id",)
    # The order of the journal's key. The id that is shown is no column of it.
    ordering = ("-seller_id", "-currency", "-seq")
    search_fields = ("seq",)
    search_help_text = "The id of a movement"

    def key_of(self, written: str) -> Q:
        # The key finds one row at most; whether the id is that row's is seen on the row.
        seller_id, seq = ids.seller_of(written), ids.tail_of(written)
        return Q(seller_id=seller_id, currency__in=list(CURRENCIES), seq=seq, id=written)

    def older_than(self, written: str) -> list[Q]:
        last = str(uuid.UUID(written))
        seller_id, seq = ids.seller_of(last), ids.tail_of(last)
        return [
            Q(seller_id=seller_id, currency__in=list(CURRENCIES), seq__lt=seq),
            Q(seller_id__lt=seller_id),
        ]
