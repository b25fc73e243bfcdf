"""What the console's pages are made from: a typed page, and a page that nobody can write.

Owns the permissions of what only the door writes: not even a superuser adds, changes or deletes it.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from topup.sellers.models import User

M = TypeVar("M", bound=models.Model)

# The type checker knows which model a page is about; the running class takes no such argument.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    PersonAdmin = DjangoUserAdmin[User]
else:

    class ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _: object) -> type:
            return cls

    PersonAdmin = DjangoUserAdmin


class StaffRequest(HttpRequest):
    """A request that has passed the admin's login: its user is one of our own."""

    user: User


class PageAdmin(ModelAdmin[M]):
    """A page whose actions refuse what is no id, where Django would fail."""

    def response_action(
        self,
        request: HttpRequest,
        queryset: "QuerySet[M]",
        *more: Any,  # Django 6 says from where
    ) -> HttpResponse | None:
        try:
            for written in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(written)
        except ValidationError:
            self.message_user(request, "What was selected is not there.", messages.ERROR)
            return None
        return super().response_action(request, queryset, *more)


class UnaddedAdmin(PageAdmin[M]):
    """A page whose rows are neither added nor deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        return False


class ReadOnlyAdmin(UnaddedAdmin[M]):
    """A page that only shows."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        return False
