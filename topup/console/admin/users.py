"""Users: staff, and the members of sellers.

Owns that every change of a member holds from its next sale on, and that it is in the audit log. A user is
deactivated, never deleted: requests, movements and adjustments name users for ever.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold import forms

from topup.audit import log
from topup.audit.log import Act
from topup.console import columns
from topup.console.admin.base import PersonAdmin, Titled
from topup.console.admin.exported import Exported
from topup.console.permission import Permitted
from topup.sellers import tokens
from topup.sellers.models import User
from topup.sellers.roles import Deed

POWERS = ("is_superuser",)
TOLD = (
    "username",
    "first_name",
    "last_name",
    "email",
    "seller_id",
    "role",
    "is_staff",
    "is_superuser",
    "is_active",
)
"""What the audit log has of a user; never the password's hash."""


username = columns.plain("username", _("Username"), ordering="username")


@admin.display(description=_("Seller"), ordering="seller__name")
def seller(user: User) -> str:
    return columns.own(user.seller) if user.seller else columns.EMPTY


@admin.register(User)
class UserAdmin(Exported, Permitted, Titled, PersonAdmin):
    changing = Deed.MANAGE_USERS
    exported = ("id", *TOLD, "date_joined", "last_login")
    list_per_page = 50
    form: Any = forms.UserChangeForm
    add_form: Any = forms.UserCreationForm
    change_password_form: Any = forms.AdminPasswordChangeForm
    list_display: Any = (
        username,
        seller,
        "role",
        columns.plain("email", _("Email"), ordering="email"),
        "is_staff",
        "is_active",
        columns.moment("last_login", _("Last log-in")),
    )
    list_display_links = (username,)
    list_filter = ("is_staff", "role", "is_active")
    list_select_related = ("seller",)
    search_fields = ("username", "email", "seller__name")
    autocomplete_fields = ("seller",)
    filter_horizontal = ()
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("username", "password")}),
        (_("Who it is"), {"fields": ("first_name", "last_name", "email")}),
        (_("What it may do"), {"fields": ("seller", "is_staff", "role", "is_active", "is_superuser")}),
    )
    add_fieldsets: Any = (
        (None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),
        (_("What it may do"), {"fields": ("seller", "is_staff", "role")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any user
        """Nobody takes over a superuser's account but a superuser."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # any user
        """Only a superuser makes superusers, and nobody changes their own role or locks themselves out."""
        oneself = ("is_staff", "role", "is_active", "seller") if obj == request.user else ()
        return (*oneself, *(() if request.user.is_superuser else POWERS))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's own
        former = User.objects.filter(pk=obj.pk).values(*TOLD).first()
        super().save_model(request, obj, form, change)
        for seller_id in {former and former["seller_id"], obj.seller_id}:
            tokens.expire_authentications(seller_id)
        self._note(Act.USER_CHANGED if former else Act.USER_ADDED, obj, former)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  # Django's own
        response: HttpResponse = super().user_change_password(request, id, form_url)
        user = self.get_object(request, id) if request.method == "POST" else None
        if user is not None:
            tokens.expire_authentications(user.seller_id)
            if response.status_code == FOUND:
                log.write(
                    Act.PASSWORD_CHANGED, subject_type="user", subject_id=user.pk, seller_id=user.seller_id
                )
        return response

    def _note(self, act: Act, user: User, former: dict[str, Any] | None) -> None:
        after = {name: getattr(user, name) for name in TOLD}
        if former != after:
            told = {"before": former, "after": after}
            log.write(act, subject_type="user", subject_id=user.pk, seller_id=user.seller_id, **told)


FOUND = 302
"""How Django answers a password that was accepted."""
