"""What models and their fields are called where Django names them by itself: titles, columns, forms.

Owns these words, and the texts of django-unfold and Django that have no Persian of their own or one with a
mistake: they are marked here, so that our catalogue has them and goes before theirs. A name is given when
the console starts, before its forms are made, and no migration knows of it: what a thing is called in a
language is no part of the schema.
"""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from topup.console.wording import Title

MODELS: dict[str, tuple[Title, Title]] = {
    "audit.entry": (_("audit entry"), pgettext_lazy("after a number", "audit entries")),
    "credit.creditrequest": (_("credit request"), pgettext_lazy("after a number", "credit requests")),
    "gateways.operator": (_("operator"), pgettext_lazy("after a number", "operators")),
    "gateways.connection": (_("gateway"), pgettext_lazy("after a number", "gateways")),
    "ledger.book": (_("book"), pgettext_lazy("after a number", "books")),
    "ledger.movement": (_("movement"), pgettext_lazy("after a number", "movements")),
    "recharges.case": (_("case"), pgettext_lazy("after a number", "cases")),
    "recharges.dispute": (_("dispute"), pgettext_lazy("after a number", "disputes")),
    "recharges.recharge": (_("recharge"), pgettext_lazy("after a number", "recharges")),
    "recharges.review": (_("recharge to review"), pgettext_lazy("after a number", "recharges to review")),
    "sellers.apikey": (_("API key"), pgettext_lazy("after a number", "API keys")),
    "sellers.seller": (_("seller"), pgettext_lazy("after a number", "sellers")),
    "sellers.user": (_("user"), pgettext_lazy("after a number", "users")),
    "settlement.keptmapping": (
        _("settlement mapping"),
        pgettext_lazy("after a number", "settlement mappings"),
    ),
    "settlement.settlementfile": (
        _("settlement import"),
        pgettext_lazy("after a number", "settlement imports"),
    ),
}
"""Each alone, and as it stands after a number: Persian counts one thing and many alike."""
FIELDS: dict[str, dict[str, Title]] = {
    "gateways.operator": {
        "code": _("Code"),
        "gateway": _("Gateway"),
        "name_en": _("Name (English)"),
        "name_fa": _("Name (Persian)"),
        "prefixes": _("Prefixes"),
        "status": _("State"),
    },
    "gateways.connection": {
        "allowed_hosts": _("Allowed hosts"),
        "configuration": _("Configuration"),
        "gateway": _("Gateway"),
        "max_in_flight": _("Requests at once"),
        "operator": _("Operator"),
    },
    "ledger.book": {"active": _("Active")},
    "sellers.apikey": {"id": _("Id"), "label": _("Label"), "user": _("User")},
    "sellers.seller": {"id": _("Number"), "name": _("Name"), "allowed_ips": _("Allowed addresses")},
    "sellers.user": {"seller": _("Seller")},
    "settlement.settlementfile": {"operator": _("operator")},
    "settlement.keptmapping": {"name": _("Name"), "content": _("Columns and words")},
}
BORROWED = (
    _("Add another %(model)s"),
    _("After you've created a user, you’ll be able to edit more user options."),
    _("Apply Filters"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("General"),
    _("Go back"),
    _("Loading more results..."),
    _("More actions"),
    _("No recent searches"),
    _("No results found"),
    _("No results matching your query"),
    _("Recent searches"),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("Reset filters"),
    _("Return to site"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("Submit"),
    _("This item will be deleted."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Toggle password visibility"),
    _("True"),
    _("Type to search"),
)
"""Said by django-unfold, and by Django where its Persian has a mistake."""


def give() -> None:
    """Give models and fields their names, once all models are there."""
    for label, (one, many) in MODELS.items():
        described = apps.get_model(label)._meta
        described.verbose_name, described.verbose_name_plural = one, many
    for label, names in FIELDS.items():
        for field, name in names.items():
            apps.get_model(label)._meta.get_field(field).verbose_name = name
