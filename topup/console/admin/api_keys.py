"""API keys: whose they are, and revoking them. A key is issued by the API alone; its hash is never shown."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup.console import columns
from topup.console.admin.base import ReadOnlyAdmin
from topup.console.admin.exported import Exported
from topup.console.permission import may
from topup.sellers import tokens
from topup.sellers.models import ApiKey
from topup.sellers.roles import Deed

identifier = columns.identifier("id", _("Id"))


@admin.display(description=_("User"), ordering="user")
def user(key: ApiKey) -> str:
    return columns.own(key.user)


@admin.display(description=_("Seller"))
def seller(key: ApiKey) -> str:
    return columns.own(key.user.seller) if key.user.seller else columns.EMPTY


@admin.register(ApiKey)
class ApiKeyAdmin(Exported, ReadOnlyAdmin[ApiKey]):
    hidden = frozenset({"secret_sha256"})
    exported = ("id", "label", "user_id", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_display = (
        identifier,
        columns.plain("label", _("Label"), ordering="label"),
        user,
        seller,
        columns.moment("created_at", _("Created")),
        columns.moment("expires_at", _("Expires")),
        columns.moment("revoked_at", _("Revoked")),
    )
    list_display_links = (identifier,)
    fields: ClassVar[Any] = list_display
    readonly_fields = fields
    list_select_related = ("user__seller",)
    list_per_page = 50
    search_fields = ("user__username", "label", "=id")
    search_help_text = _("A username or a label, or a key's id")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever manages users may revoke, though a key's page has nothing to save."""
        return may(request, Deed.MANAGE_USERS)

    @admin.action(description=_("Revoke selected keys"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: "QuerySet[ApiKey]") -> None:
        for key in queryset.select_related("user"):
            if tokens.revoke(user=key.user, key_id=str(key.pk)):
                text = gettext("Key %(key)s of %(user)s is revoked, from the next request on.")
                level = messages.SUCCESS
            else:
                text = gettext("Key %(key)s of %(user)s was revoked before.")
                level = messages.INFO
            self.message_user(
                request, text % {"key": columns.called(key), "user": columns.called(key.user)}, level
            )
