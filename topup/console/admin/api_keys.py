"""API keys: whose they are, and revoking them. A key is issued by the API alone; its hash is never shown."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from topup.console.admin import columns
from topup.console.admin.base import ReadOnlyAdmin
from topup.sellers import tokens
from topup.sellers.models import ApiKey


@admin.display(description="Seller")
def seller(key: ApiKey) -> str:
    return str(key.user.seller or columns.EMPTY)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin[ApiKey]):
    list_display = (
        "id",
        "label",
        "user",
        seller,
        columns.moment("created_at", "Created"),
        columns.moment("expires_at", "Expires"),
        columns.moment("revoked_at", "Revoked"),
    )
    fields: ClassVar[Any] = list_display
    readonly_fields = fields
    list_select_related = ("user__seller",)
    list_per_page = 50
    search_fields = ("user__username", "label", "=id")
    search_help_text = "A username or a label, or a key's id"
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Revoking is the permission to change, though a key's page has nothing to save."""
        return request.user.has_perm("sellers.change_apikey")

    @admin.action(description="Revoke selected keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: "QuerySet[ApiKey]") -> None:
        for key in queryset.select_related("user"):
            if tokens.revoke(user=key.user, key_id=str(key.pk)):
                self.log_change(request, key, "Revoked.")
                self.message_user(request, f"Key {key} of {key.user} is revoked, from the next request on.")
            else:
                self.message_user(request, f"Key {key} of {key.user} was revoked before.", messages.INFO)
