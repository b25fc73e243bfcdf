"""The journal, read-only. A movement's id is worked out from its time, number and seller."""

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from topup import ids
from topup.console import columns, words
from topup.console.admin.of_sellers import OfSellersAdmin
from topup.ledger.models import Movement
from topup.money import CURRENCIES

created = columns.moment("created_at", _("Time"))


identity = columns.identifier("id", _("Id"))


@admin.register(Movement)
class MovementAdmin(OfSellersAdmin[Movement]):
    list_display = (
        created,
        columns.seller,
        columns.count("seq", _("Version")),
        columns.word("kind", _("Kind"), words.KINDS),
        columns.amount("amount", _("Amount")),
        columns.amount("available", _("Available after")),
        columns.amount("held", _("Held after")),
        identity,
    )
    list_display_links = (created, identity)
    fields: ClassVar[Any] = (
        *list_display[:4],
        columns.word("from_account", _("From"), words.ACCOUNTS),
        columns.word("to_account", _("To"), words.ACCOUNTS),
        *list_display[4:],
        columns.word("source_type", _("Belongs to"), words.SOURCES),
        columns.identifier("source_id", _("Id of what it belongs to")),
        columns.word("actor_type", _("Moved by"), words.ACTORS),
        columns.person("actor_id", _("User")),
        columns.identifier("hash", _("Hash")),
    )
    readonly_fields = fields
    people = ("actor_id",)
    # The order of the journal's key. The id that is shown is no column of it.
    ordering = ("-seller_id", "-currency", "-seq")
    search_fields = ("seq",)
    search_help_text = _("The id of a movement")

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
