"""Operators: their names, prefixes, range, status and gateway. None is added here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError

from topup.console.admin.base import UnaddedAdmin
from topup.gateways import connections
from topup.gateways.directory import MAX_PREFIX
from topup.gateways.models import Operator
from topup.gateways.settings import Unusable
from topup.money import MAX_MINOR, with_separators

NAME_LENGTH = 60


class OperatorForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    name_en = forms.CharField(label="Name (English)", max_length=NAME_LENGTH, widget=AdminTextInputWidget)
    name_fa = forms.CharField(label="Name (Persian)", max_length=NAME_LENGTH, widget=AdminTextInputWidget)
    min_minor = forms.IntegerField(label="Smallest recharge (IRR)", min_value=1, max_value=MAX_MINOR)
    max_minor = forms.IntegerField(label="Largest recharge (IRR)", min_value=1, max_value=MAX_MINOR)

    class Meta:
        model = Operator
        fields = ("gateway", "name_en", "name_fa", "prefixes", "status", "min_minor", "max_minor")
        widgets: ClassVar = {"prefixes": forms.Textarea(attrs={"rows": 3, "cols": 60})}

    def clean_prefixes(self) -> list[str]:
        """Digits only, and no other operator's: a prefix that two have belongs to either."""
        prefixes: list[str] = list(dict.fromkeys(each.strip() for each in self.cleaned_data["prefixes"]))
        for prefix in prefixes:
            if not (prefix.isascii() and prefix.isdecimal() and len(prefix) <= MAX_PREFIX):
                raise ValidationError(f"{prefix!r} is not 1 to {MAX_PREFIX} digits")
        others = Operator.objects.exclude(pk=self.instance.pk).filter(prefixes__overlap=prefixes)
        for other in others:
            common = ", ".join(sorted(set(prefixes) & set(other.prefixes)))
            raise ValidationError(f"{other.name_en} has {common}")
        return prefixes

    def clean_gateway(self) -> str:
        """One that can reach the operator; it holds from the next recharge on."""
        chosen: str = self.cleaned_data["gateway"]
        try:
            connections.check_choice(self.instance, chosen)
        except Unusable as error:
            raise ValidationError(error.reason) from None
        return chosen

    def clean(self) -> dict[str, Any]:  # Django's own
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        smallest, largest = cleaned.get("min_minor"), cleaned.get("max_minor")
        if smallest is not None and largest is not None and largest < smallest:
            raise ValidationError("The largest recharge is smaller than the smallest.")
        return cleaned


@admin.display(description="Prefixes")
def prefixes(operator: Operator) -> str:
    return " ".join(operator.prefixes)


@admin.display(description="Recharges")
def accepted_range(operator: Operator) -> str:
    least, most = operator.min_minor, operator.max_minor
    up_to = "" if most == MAX_MINOR else f" to {with_separators(most)} IRR"
    return f"from {with_separators(least)} IRR{up_to}"


@admin.register(Operator)
class OperatorAdmin(UnaddedAdmin[Operator]):
    form = OperatorForm
    list_display = ("code", "name_en", "name_fa", prefixes, accepted_range, "gateway", "status")
    fields = ("code", "gateway", "name_en", "name_fa", "prefixes", "status", "min_minor", "max_minor")
    readonly_fields = ("code",)
