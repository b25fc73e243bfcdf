"""The sections of a page that has several, as a row of links above each: which there are, and for whom."""

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

from topup.portal.access import Member
from topup.sellers.roles import Deed


class Section(NamedTuple):
    """One entry of the row; members see those that their role allows."""

    title: "Promise | str"
    url: str
    deed: Deed = Deed.READ


class Tab(NamedTuple):
    """A section as this member sees it on this page; `parts/sections.html` shows a list of them."""

    title: "Promise | str"
    href: str
    current: bool


def tabs(sections: Sequence[Section], member: Member, *, current: str) -> list[Tab]:
    """`current` is the name of the section's address."""
    seen = [each for each in sections if each.deed in member.deeds]
    return [Tab(each.title, reverse(each.url), each.url == current) for each in seen]
