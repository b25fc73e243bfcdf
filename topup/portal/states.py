"""What the portal calls the states of recharges and of credit requests, and in which tone it shows them."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "accepted": _("accepted"),
    "processing": _("processing"),
    "unknown": _("unknown"),
    "succeeded": _("succeeded"),
    "failed": _("failed"),
    "reversed": _("reversed"),
    "pending": _("pending"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "cancelled": _("cancelled"),
}
TONES = {
    "succeeded": "good",
    "approved": "good",
    "failed": "bad",
    "rejected": "bad",
    "unknown": "doubt",
    "processing": "doubt",
    "accepted": "doubt",
    "pending": "doubt",
}
