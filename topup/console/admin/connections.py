"""How gateways reach operators. A secret is written here and never shown: only its name is.

Owns the form; what is checked and kept is `gateways/connections.py`'s. None is deleted: recharges that
were sold through it may still be asked about.
"""

import json
from typing import Any, ClassVar

from django import forms
from django.conf import settings as django_settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from topup import people
from topup.console import columns, retelling
from topup.console.admin.base import PageAdmin
from topup.gateways import connections, registry
from topup.gateways.connections import Wanted
from topup.gateways.models import Connection
from topup.gateways.settings import DEFAULT_MAX_IN_FLIGHT, Unusable
from topup.sellers.roles import Deed
from topup.vault import Vault

SECRETS_HELP = _(
    "One to a line, as NAME=VALUE; NAME= removes one. What is set stays, and is never shown again."
)
LEFT_TO_RIGHT = {"dir": "ltr", "spellcheck": "false", "autocomplete": "off"}


def reachable() -> list[tuple[str, str]]:
    """The gateways that send something, and so have a connection."""
    return [(kind.name, kind.title) for kind in registry.kinds().values() if not kind.is_instant]


class Indented(json.JSONEncoder):
    """A configuration as people read one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # json's own arguments
        super().__init__(*args, **(kwargs | {"indent": 2, "ensure_ascii": False}))


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    gateway = forms.ChoiceField(label=_("Gateway"), choices=reachable, widget=UnfoldAdminSelectWidget)
    configuration = forms.JSONField(
        label=_("Configuration"),
        initial=dict,
        required=False,
        encoder=Indented,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, **LEFT_TO_RIGHT}),
        help_text=_("A JSON object; docs/howto/add-an-operator.md has examples."),
    )
    max_in_flight = forms.IntegerField(
        label=_("Requests at once"),
        initial=DEFAULT_MAX_IN_FLIGHT,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", **LEFT_TO_RIGHT}),
    )
    allowed_hosts = forms.CharField(
        label=_("Allowed hosts"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs=LEFT_TO_RIGHT),
        help_text=_("Hosts that may have a private address or be asked without TLS, separated by commas."),
    )
    secrets_to_set = forms.CharField(
        label=_("Secrets to set"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, **LEFT_TO_RIGHT}),
        help_text=SECRETS_HELP,
    )

    class Meta:
        model = Connection
        fields = ("operator", "gateway", "configuration", "max_in_flight", "allowed_hosts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own arguments
        super().__init__(*args, **kwargs)
        self.initial["allowed_hosts"] = ", ".join(self.instance.allowed_hosts)

    def clean_configuration(self) -> dict[str, Any]:  # a JSON object
        given = self.cleaned_data["configuration"] or {}
        if not isinstance(given, dict):
            raise ValidationError(gettext("Write a JSON object, such as {}."))
        return given

    def clean_allowed_hosts(self) -> list[str]:
        return [host.strip() for host in self.cleaned_data["allowed_hosts"].split(",") if host.strip()]

    def clean_secrets_to_set(self) -> dict[str, str | None]:
        lines = [line for line in self.cleaned_data["secrets_to_set"].splitlines() if line.strip()]
        if any("=" not in line for line in lines):
            raise ValidationError(SECRETS_HELP)
        pairs = (line.split("=", 1) for line in lines)
        return {name.strip(): value.strip() or None for name, value in pairs}

    def clean(self) -> dict[str, Any]:  # Django's own
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        row = self.instance
        operator, gateway = cleaned.get("operator", row.operator_id and row.operator), cleaned.get("gateway")
        try:
            connections.check(operator, gateway or row.gateway, self.wanted())
        except Unusable as error:
            raise ValidationError(_place(error)) from None
        return cleaned

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            given["configuration"], given["max_in_flight"], given["allowed_hosts"], given["secrets_to_set"]
        )


def _place(error: Unusable) -> dict[str, str] | str:
    """The error beside the field of the form that it is about."""
    first = error.field.split(".")[0]
    fields = {"max_in_flight": "max_in_flight", "allowed_hosts": "allowed_hosts", "secrets": "secrets_to_set"}
    return {fields.get(first, "configuration"): retelling.retold(str(error))}


@admin.display(description=_("Operator"))
def operator(connection: Connection) -> str:
    row = connection.operator
    return row.name_fa if columns.language() == people.PERSIAN else row.name_en


@admin.display(description=_("Secrets that are set"))
def secret_names(connection: Connection) -> str:
    return columns.apart(", ".join(sorted(connection.secrets))) if connection.secrets else columns.EMPTY


gateway = columns.identifier("gateway", _("Gateway"))


@admin.register(Connection)
class ConnectionAdmin(PageAdmin[Connection]):
    changing = Deed.CONFIGURE_OPERATORS
    hidden = frozenset({"secrets"})
    form = ConnectionForm
    list_display = (
        operator,
        gateway,
        columns.count("max_in_flight", _("Requests at once")),
        secret_names,
        columns.count("version", _("Version")),
        columns.moment("updated_at", _("Updated")),
    )
    list_display_links = (operator, gateway)
    list_select_related = ("operator",)
    fields: ClassVar[Any] = (
        *("operator", "gateway", "configuration", "max_in_flight", "allowed_hosts"),
        *(secret_names, "secrets_to_set"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:  # any row
        return [secret_names] if obj is None else ["operator", "gateway", secret_names]

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's own
        vault = Vault(django_settings.CONFIG)
        kept = connections.connect(obj.operator, obj.gateway, form.wanted(), vault=vault)
        obj.pk = kept.pk
