"""What the console's pages are made from: what each role may do there, and a page that nobody can write.

Owns the permissions: a page names the deed that reading it and the deed that changing it takes, and
`topup.sellers.roles` says who may. Of what only the door writes, not even a superuser adds, changes or
deletes anything.
"""

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from topup.console import navigation
from topup.console.permission import Permitted
from topup.sellers.models import User

M = TypeVar("M", bound=models.Model)

# The type checker knows Django's classes, and which model a page is about; the running ones are
# unfold's, which bring no types, and take no such argument.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    AnyAdmin = admin.ModelAdmin[Any]
    PersonAdmin = DjangoUserAdmin[User]
else:
    from unfold.admin import ModelAdmin as UnfoldAdmin

    class ModelAdmin(UnfoldAdmin):
        def __class_getitem__(cls, _: object) -> type:
            return cls

    class PersonAdmin(DjangoUserAdmin, UnfoldAdmin):
        pass

    AnyAdmin = object


class StaffRequest(HttpRequest):
    """A request that has passed the admin's login: its user is one of our own."""

    user: User


class Titled(AnyAdmin):
    """A page that says where it belongs, in the navigation's words; its history is the audit log."""

    hidden: ClassVar[frozenset[str]] = frozenset()
    """Columns that nobody is shown. No list is filtered by them either: that would tell them bit by bit."""

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest
    ) -> bool:  # what Django compares with
        shown = lookup.partition("__")[0] not in self.hidden
        return shown and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": navigation.title_of(self.opts)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:  # Django's own
        title = {"section": navigation.title_of(self.opts)}
        return super().changeform_view(request, object_id, form_url, {**title, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What was done to a row is in the audit log, whichever way it was done."""
        return HttpResponseRedirect(
            f"{reverse('admin:audit_entry_changelist')}?{urlencode({'q': object_id})}"
        )


class PageAdmin(Permitted, Titled, ModelAdmin[M]):
    """A page whose actions refuse what is no id, where Django would fail."""

    show_facets = admin.ShowFacets.NEVER
    list_fullwidth = True

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
            self.message_user(request, _("What was selected is not there."), messages.ERROR)
            return None
        return super().response_action(request, queryset, *more)


class UnaddedAdmin(PageAdmin[M]):
    """A page whose rows are neither added nor deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ReadOnlyAdmin(UnaddedAdmin[M]):
    """A page that only shows."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        return False
