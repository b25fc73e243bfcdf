"""Users: staff, and the members of sellers.

Owns that every change of a member holds from its next sale on. A user is deactivated, never
deleted: requests, movements and adjustments name users for ever.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest, HttpResponse

from topup.console.admin.base import PersonAdmin
from topup.sellers import tokens
from topup.sellers.models import User

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(PersonAdmin):
    list_display = ("username", "seller", "email", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active")
    list_select_related = ("seller",)
    search_fields = ("username", "email", "seller__name")
    autocomplete_fields = ("seller",)
    fieldsets: ClassVar[Any] = (*(DjangoUserAdmin.fieldsets or ()), ("Seller", {"fields": ("seller",)}))
    add_fieldsets: Any = (
        *DjangoUserAdmin.add_fieldsets,
        ("Who it is", {"fields": ("seller", "is_staff")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any user
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any user
        """Nobody takes over a superuser's account but a superuser."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # any user
        """Nobody gives powers, to themselves or others, but a superuser."""
        return () if request.user.is_superuser else POWERS

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's own
        former = User.objects.filter(pk=obj.pk).values_list("seller_id", flat=True).first()
        super().save_model(request, obj, form, change)
        for seller_id in {former, obj.seller_id}:
            tokens.expire_authentications(seller_id)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  # Django's own
        response: HttpResponse = super().user_change_password(request, id, form_url)
        user = self.get_object(request, id) if request.method == "POST" else None
        if user is not None:
            tokens.expire_authentications(user.seller_id)
        return response
