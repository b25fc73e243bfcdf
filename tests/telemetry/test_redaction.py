"""No secret and no whole phone number passes the redaction, however it is written or nested."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup.telemetry import logs, redaction

KEY = "tk_0192f3a4912345678901234567890abc_" + "s3cret_" * 6 + "x"
UUID = "0192f3a4-9123-4567-8901-912345678901"


@pytest.mark.parametrize(
    "written",
    [
        "+989123456789", "00989123456789", "09123456789", "9123456789", "0912 345 6789", "0912-345-67-89",
        "۰۹۱۲۳۴۵۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹", "0912\u200f345\u200c6789", "0912.345.6789",
        "%2B98+912+345+6789", "+98%20912%20345%206789",
        "%DB%B0%DB%B9%DB%B1%DB%B2%DB%B3%DB%B4%DB%B5%DB%B6%DB%B7%DB%B8%DB%B9",
    ],
)  # fmt: skip
def test_a_number_keeps_its_operator_and_two_digits_in_any_script(written: str) -> None:
    found = redaction.text(f"the number {written} was asked for")

    assert found.split() == ["the", "number", "+98912*****89", "was", "asked", "for"]


PIECES = [
    "9",
    "0",
    "98",
    "+",
    "12345678",
    "۹",
    "٩",
    "۰۱۲",
    "९",
    " ",
    "-",
    "\u200f",
    "%DB%B9",
    "%2B",
    "x",
    "://",
    "tk_",
]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_the_first_look_passes_over_nothing_that_the_patterns_would_change(written: str) -> None:
    looked_at_whole = redaction.text(written + " $")  # a mark that the first look stops at

    assert redaction.text(written) == looked_at_whole.removesuffix(" $")


def test_a_number_stuck_to_words_is_found() -> None:
    assert redaction.text("order-09123456789/شماره۰۹۳۵۱۱۱۲۲۳۳.") == "order-+98912*****89/شماره+98935*****33."


def test_a_foreign_number_keeps_two_digits() -> None:
    assert redaction.text("call +4915112345678 now") == "call +*****78 now"


@pytest.mark.parametrize("harmless", [UUID, "0" * 24, "2026-11-20T10:44:00.912345Z", "order-1001", "50000"])
def test_what_is_no_number_stays(harmless: str) -> None:
    assert redaction.text(harmless) == harmless


@pytest.mark.parametrize(
    "written",
    [
        f"Authorization: Token {KEY}", f"key={KEY};", "password=hunter2-hunter2", '"password": "hunter2 two"',
        "postgresql://topup_app:hunter2@db/topup", "redis://:hunter2@cache:6379/0",
        "Cookie: sessionid=hunter2; csrftoken=hunter2", "Set-Cookie: sessionid=hunter2; Path=/",
        "host=db password='hunter2 two' user=x", "X-CSRFToken: hunter2", "sessionid=hunter2",
        "row (1, pbkdf2_sha256$1000000$hunter2$hunter2=, x)", "METRICS_TOKEN=hunter2",
        "Authorization: Basic hunter2",
    ],
)  # fmt: skip
def test_a_secret_in_a_text_is_gone(written: str) -> None:
    found = redaction.text(written)

    assert "hunter2" not in found
    assert "tk_" not in found
    assert redaction.HIDDEN in found


def test_a_nested_value_is_redacted_all_the_way_down() -> None:
    given = {
        "body": [{"phone_number": 989123456789, "password": "hunter2"}, ("۰۹۱۲۳۴۵۶۷۸۹", b"09123456789")],
        "headers": {"Cookie": "a=b", "Authorization": ["x"], "X-Api-Key": "y"},
        "amount": 9_123_456_789,
    }

    found = redaction.value(given)

    assert found["body"] == [
        {"phone_number": "+98912*****89", "password": redaction.HIDDEN},
        ["+98912*****89", "+98912*****89"],
    ]
    assert set(found["headers"].values()) == {redaction.HIDDEN}
    assert found["amount"] == 9_123_456_789


def test_what_is_nested_without_end_is_cut() -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert redaction.TOO_DEEP in str(redaction.value(endless))


@pytest.mark.parametrize(
    "treacherous", ["\n", "\r", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\u202e", "\ud800"]
)
def test_a_line_is_one_line_that_reads_as_it_is(treacherous: str) -> None:
    rendered = logs.rendered(None, "", {"event": f"a{treacherous}b"})

    assert treacherous not in rendered
    assert rendered.encode().splitlines() == [rendered.encode()]
    assert json.loads(rendered)["event"] == f"a{treacherous}b"
