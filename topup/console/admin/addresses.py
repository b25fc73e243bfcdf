"""The networks that a seller's keys may be used from, as staff write them."""

import ipaddress
from typing import Any

from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from topup.sellers.models import MAX_ADDRESSES


def network(written: str) -> str:
    """`10.0.0.0/8` from how somebody wrote it. Raises ValidationError."""
    try:
        return str(ipaddress.ip_network(written.strip(), strict=False))
    except ValueError as error:
        raise ValidationError(
            gettext("%(written)s is no address and no network") % {"written": written}
        ) from error


class AddressesField(SimpleArrayField):
    """Networks, one a line or with commas between them."""

    def __init__(self, **kwargs: Any) -> None:  # a form field's own
        super().__init__(
            CharField(max_length=43),
            required=False,
            max_length=MAX_ADDRESSES,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "ltr"}),
            help_text=_(
                "Addresses or networks such as 10.0.0.0/8, with commas between them; empty: from anywhere."
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:  # a list of words, from text or from such a list
        if isinstance(value, str):
            value = ",".join(value.replace(",", " ").split())
        return super().to_python(value)

    def clean(self, value: Any) -> Any:  # as above
        return [network(each) for each in super().clean(value)]
