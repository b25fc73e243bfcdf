"""Filters by the words of a closed set, in people's words.

Owns how such a filter is offered and read: any word or one, or a queue, of which the part that waits comes
first and the rest is asked for. A value that is no word of the set filters nothing away.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from topup.console.wording import Title

EVERY = "all"


class WordFilter(admin.SimpleListFilter):
    """Any word, or one of them."""

    titles: ClassVar[Mapping[str, Title]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # any page
        return list(self.titles.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value in self.titles else queryset


class QueueFilter(WordFilter):
    """The word that waits for somebody, unless another or all are asked for."""

    waiting: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # any page
        return [*self.titles.items(), (EVERY, _("all"))]

    def choices(self, changelist: Any) -> Any:  # Django's list and its choices
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == self._chosen(), "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = self._chosen()
        return queryset if chosen == EVERY else queryset.filter(**{str(self.parameter_name): chosen})

    def _chosen(self) -> str:
        value = self.value()
        return value if value is not None and value in (EVERY, *self.titles) else self.waiting
