"""What a text is that `gettext_lazy` answers: it becomes words when a page is made, in its language."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # this type exists for the checker alone
    from django.utils.functional import _StrPromise

    Title = str | _StrPromise
else:
    Title = object
