"""Operators: their names, prefixes, range, status and gateway. None is added here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from topup.console import columns, retelling, words
from topup.console.admin.base import UnaddedAdmin
from topup.console.admin.connections import LEFT_TO_RIGHT
from topup.console.admin.exported import Exported
from topup.console.amounts import AmountField
from topup.gateways import connections
from topup.gateways.directory import MAX_PREFIX
from topup.gateways.models import Operator
from topup.gateways.settings import Unusable
from topup.money import MAX_MINOR
from topup.sellers.roles import Deed

NAME_LENGTH = 60


class OperatorForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    name_en = forms.CharField(
        label=_("Name (English)"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget
    )
    name_fa = forms.CharField(
        label=_("Name (Persian)"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget
    )
    status = forms.ChoiceField(
        label=_("State"), choices=list(words.STANDINGS.items()), widget=UnfoldAdminSelectWidget
    )
    min_minor = AmountField(label=_("Smallest recharge (toman)"))
    max_minor = AmountField(label=_("Largest recharge (toman)"))

    class Meta:
        model = Operator
        fields = ("gateway", "name_en", "name_fa", "prefixes", "status", "min_minor", "max_minor")
        widgets: ClassVar = {"prefixes": UnfoldAdminTextareaWidget(attrs={"rows": 3, **LEFT_TO_RIGHT})}

    def clean_prefixes(self) -> list[str]:
        """Digits only, and no other operator's: a prefix that two have belongs to either."""
        prefixes: list[str] = list(dict.fromkeys(each.strip() for each in self.cleaned_data["prefixes"]))
        for prefix in prefixes:
            if not (prefix.isascii() and prefix.isdecimal() and len(prefix) <= MAX_PREFIX):
                raise ValidationError(
                    gettext("%(prefix)s is not 1 to %(most)s digits")
                    % {"prefix": columns.called(repr(prefix)), "most": columns.number(MAX_PREFIX)}
                )
        others = Operator.objects.exclude(pk=self.instance.pk).filter(prefixes__overlap=prefixes)
        for other in others:
            common = ", ".join(sorted(set(prefixes) & set(other.prefixes)))
            raise ValidationError(
                gettext("%(operator)s has %(prefixes)s")
                % {"operator": other, "prefixes": columns.called(common)}
            )
        return prefixes

    def clean_gateway(self) -> str:
        """One that can reach the operator; it holds from the next recharge on."""
        chosen: str = self.cleaned_data["gateway"]
        try:
            connections.check_choice(self.instance, chosen)
        except Unusable as error:
            raise ValidationError(retelling.retold(error.reason)) from None
        return chosen

    def clean(self) -> dict[str, Any]:  # Django's own
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        smallest, largest = cleaned.get("min_minor"), cleaned.get("max_minor")
        if smallest is not None and largest is not None and largest < smallest:
            raise ValidationError(gettext("The largest recharge is smaller than the smallest."))
        return cleaned


@admin.display(description=_("Prefixes"))
def prefixes(operator: Operator) -> str:
    return columns.apart(" ".join(operator.prefixes))


@admin.display(description=_("Recharges"))
def accepted_range(operator: Operator) -> str:
    least, most = operator.min_minor, operator.max_minor
    if most == MAX_MINOR:
        return gettext("from %(least)s") % {"least": columns.money(least)}
    return gettext("%(least)s to %(most)s") % {"least": columns.money(least), "most": columns.money(most)}


code = columns.identifier("code", _("Code"))


@admin.register(Operator)
class OperatorAdmin(Exported, UnaddedAdmin[Operator]):
    changing = Deed.CONFIGURE_OPERATORS
    exported = ("code", "gateway", "name_en", "name_fa", "prefixes", "status", "min_minor", "max_minor")
    form = OperatorForm
    list_display = (
        code,
        columns.plain("name_en", _("Name (English)"), ordering="name_en"),
        columns.plain("name_fa", _("Name (Persian)"), ordering="name_fa"),
        columns.identifier("gateway", _("Gateway")),
        columns.word("status", _("State"), words.STANDINGS),
        accepted_range,
        prefixes,
    )
    list_display_links = (code,)
    fields: ClassVar[Any] = (
        code,
        "gateway",
        "name_en",
        "name_fa",
        "prefixes",
        "status",
        "min_minor",
        "max_minor",
    )
    readonly_fields: ClassVar[Any] = (code,)
