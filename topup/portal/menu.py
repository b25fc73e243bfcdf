"""What a page of the portal is to the menu and to the URLs. A page must not know which others there are."""

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import URLPattern
from django.utils.functional import Promise

from topup.sellers.roles import Deed


class Entry(NamedTuple):
    """A page's place in the menu. Entries stand in rising `order`; a phone shows the first four below."""

    order: int
    title: "Promise | str"
    url: str
    icon: str
    deed: Deed = Deed.READ


class Page(NamedTuple):
    """One module under `pages`: its addresses, and its entry where it has one."""

    urls: Sequence[URLPattern]
    entry: Entry | None = None
