"""Whether who asks may do something, by the one table of roles; and Django's permissions made from it."""

from typing import Any, ClassVar

from django.http import HttpRequest

from topup.sellers.roles import NOTHING, Deed


def may(request: HttpRequest, deed: Deed | None) -> bool:
    """Whether the role of who asks allows this; nobody may what has no deed."""
    return deed is not None and deed in getattr(request.user, "deeds", NOTHING)


class Permitted:
    """Django's permissions of a page, answered by the table of roles alone."""

    reading: ClassVar[Deed] = Deed.READ
    changing: ClassVar[Deed | None] = None
    """Adding too. None: nobody writes here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, self.reading)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        return may(request, self.reading)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        return may(request, self.changing)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.changing)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any row
        """Nothing here is deleted: requests, movements and the audit log name what was for ever."""
        return False
