"""The mark of an instant operator. Nothing is sent, so there is nothing to make or to set."""

from django.utils.translation import gettext_lazy

from topup.gateways.directory import INSTANT
from topup.gateways.settings import Configuration

NAME = INSTANT
TITLE = gettext_lazy("Instant: delivered in the sale itself")
IS_INSTANT = True


class Settings(Configuration, frozen=True):
    """None."""
