"""A field for an amount of money as staff write it: in toman, unless they name rials.

Owns how such a field reads and shows. What is stored stays whole rials; reading is `topup.people`'s.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from topup import people
from topup.people import MINUS, NotAnAmount, Wrong

CURRENCY = "IRR"
SAID = {
    Wrong.UNREADABLE: _("Write an amount in toman, such as 12,500 or 12500."),
    Wrong.TOO_FINE: _("A fraction of a rial can't be paid."),
    Wrong.NOT_POSITIVE: _("Write an amount above zero."),
    Wrong.TOO_LARGE: _("More than can be written down."),
}
_ZEROS = frozenset("0۰٠")


class AmountField(CharField):
    """Rials, from toman in any script; None where nothing was written and nothing must be."""

    def __init__(self, *, signed: bool = False, zero: bool = False, **kwargs: Any) -> None:  # a field's own
        self._signed, self._zero = signed, zero
        # A number field of the browser would change by the mouse's wheel, and takes no Persian digits.
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs=attrs))
        super().__init__(max_length=people.MAX_CHARACTERS, **kwargs)

    def prepare_value(self, value: Any) -> Any:  # rials, or what was typed
        if not isinstance(value, int):
            return value
        return people.amount(value, CURRENCY, get_language() or "en").replace(MINUS, "-")

    def to_python(self, value: Any) -> Any:  # rials, from what was typed
        if value is None or isinstance(value, int):
            return value
        written = str(value).strip().lstrip("\u200e").replace(MINUS, "-")
        if not written:
            return None
        if self._zero and set(written) <= _ZEROS:
            return 0
        sign = -1 if self._signed and written.startswith("-") else 1
        try:
            return sign * people.read_money(written[1:] if sign < 0 else written.removeprefix("+"))
        except NotAnAmount as error:
            raise ValidationError(SAID[error.wrong]) from None

    def run_validators(self, value: Any) -> None:  # rials: the limits of a text don't apply
        return
