"""The navigation beside every page: groups of work, in the order of a day.

Owns which page stands in which group. A page that its user may not see is not there; a page of a model
that no group names stands in the last one, so that none is lost.
"""

from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from topup.console.wording import Title


class Page(NamedTuple):
    """One line of the navigation: a model's list by its label, or a page of our own by its URL name."""

    title: Title
    icon: str
    model: str = ""
    url_name: str = ""
    query: str = ""


GROUPS: tuple[tuple[Title, tuple[Page, ...]], ...] = (
    (_("Today"), (Page(_("Dashboard"), "space_dashboard", url_name="index"),)),
    (
        _("Money"),
        (
            Page(_("Credit requests"), "request_quote", model="credit.creditrequest"),
            Page(_("Sellers"), "storefront", model="sellers.seller"),
            Page(_("Books"), "account_balance_wallet", model="ledger.book"),
            Page(_("Movements"), "swap_horiz", model="ledger.movement"),
            Page(_("Ledger explorer"), "account_tree", model="ledger.book", url_name="explorer"),
        ),
    ),
    (
        _("Recharges"),
        (
            Page(_("Recharges"), "phone_iphone", model="recharges.recharge"),
            Page(_("Reviews"), "rule", model="recharges.review"),
            Page(_("Disputes"), "gavel", model="recharges.dispute"),
        ),
    ),
    (
        _("Operators"),
        (
            Page(_("Operators"), "cell_tower", model="gateways.operator"),
            Page(_("Gateways"), "hub", model="gateways.connection"),
            Page(_("Settlement imports"), "upload_file", model="settlement.settlementfile"),
            Page(_("Settlement mappings"), "view_column", model="settlement.keptmapping"),
            Page(_("Cases"), "folder_open", model="recharges.case"),
        ),
    ),
    (
        _("People"),
        (
            Page(_("Staff and members"), "group", model="sellers.user"),
            Page(_("API keys"), "key", model="sellers.apikey"),
        ),
    ),
    (
        _("Record"),
        (
            Page(_("Audit log"), "history", model="audit.entry"),
            Page(_("Seals"), "verified_user", model="audit.entry", url_name="seals"),
        ),
    ),
)
MORE = _("More")


def title_of(opts: Any) -> Title:  # Django's own description of a model
    """What a model's list is called here."""
    titles: dict[str, Title] = {
        page.model: page.title for _title, pages in GROUPS for page in pages if not page.url_name
    }
    return titles.get(str(opts.label_lower), str(opts.verbose_name_plural))


def groups(site: AdminSite, request: HttpRequest) -> list[dict[str, Any]]:  # as unfold's templates read it
    """The groups that this user may see."""
    seen = {
        model._meta.label_lower: model_admin
        for model, model_admin in site._registry.items()
        if model_admin.has_view_permission(request)
    }
    named = {page.model for _title, pages in GROUPS for page in pages}
    found = [
        _group(title, [_item(page, request) for page in pages if not page.model or page.model in seen])
        for title, pages in GROUPS
    ]
    rest = [
        _item(Page(str(model_admin.opts.verbose_name_plural), "list", model=label), request)
        for label, model_admin in seen.items()
        if label not in named
    ]
    return [group for group in (*found, _group(MORE, rest)) if group["items"]]


def _group(title: Title, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": False, "collapsible": False, "items": items}


def _item(page: Page, request: HttpRequest) -> dict[str, Any]:
    link = reverse(f"admin:{page.url_name or page.model.replace('.', '_') + '_changelist'}")
    active = request.path == link if page.url_name else request.path.startswith(link)
    return {
        "title": page.title,
        "icon": page.icon,
        "link": link + page.query,
        "active": active,
        "has_permission": True,
    }
