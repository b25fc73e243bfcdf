"""The stylesheet for right-to-left pages is the installed unfold's own with its sides exchanged."""

import pytest

from topup.console import mirror


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a{margin-left:1px}", "a{margin-right:1px}"),
        ("a{left:0;border-top-left-radius:2px}", "a{right:0;border-top-right-radius:2px}"),
        (".left-0{right:auto}", ".left-0{left:auto}"),
        ("a{text-align:left}", "a{text-align:right}"),
        ("a{--tw-translate-x:2px}", "a{--tw-translate-x:calc(-1 * (2px))}"),
    ],
)
def test_sides_are_exchanged_and_names_stay(left: str, right: str) -> None:
    assert mirror.mirrored(left) == right


def test_what_has_no_side_stays() -> None:
    css = "a{color:red;padding:0 1px;--tw-translate-x:0}.ml-auto:hover{top:0}"

    assert mirror.mirrored(css) == css


def test_it_was_made_from_the_unfold_that_is_installed() -> None:
    made = mirror.MADE.read_text(encoding="utf-8")

    assert made == mirror.NOTICE + mirror.mirrored(mirror.source()), "run `python -m topup.console.mirror`"
