"""Numbers are understood as people write them, and refused with a reason instead of an accident."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from topup import phones
from topup.phones import PhoneError

ALI = 989123456789


@pytest.mark.parametrize(
    "written",
    [
        "09123456789",
        "9123456789",
        "+989123456789",
        "00989123456789",
        "989123456789",
        "0912 345 6789",
        "0912-345-6789",
        "(0912) 345.6789",
        "+98 912 345 6789",
        "  09123456789  ",
        "0912\u00a0345\u00a06789",
        "\u202a09123456789\u202c",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "+۹۸۹۱۲۳۴۵۶۷۸۹",
        "۰۹۱۲345٦٧٨٩",
        "+98 (0) 912 345 6789",
    ],
)
def test_every_usual_way_of_writing_is_one_number(written: str) -> None:
    assert phones.parse(written) == ALI


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("", "not a phone number", id="nothing"),
        pytest.param("   ", "not a phone number", id="spaces"),
        pytest.param("+", "not a phone number", id="a plus"),
        pytest.param("hello", "not a phone number", id="letters"),
        pytest.param("0912abc6789", None, id="letters that stand for digits on a keypad"),
        pytest.param("09123456789x", None, id="a letter after it"),
        pytest.param("09123456789 ext. 5", None, id="an extension"),
        pytest.param("0912345678", "no such number", id="a digit short"),
        pytest.param("091234567890", "no such number", id="a digit long"),
        pytest.param("1", "not a phone number", id="one digit"),
        pytest.param("0000000000", "no such number", id="zeros"),
        pytest.param("02188776655", "not a mobile number", id="a landline"),
        pytest.param("+14155552671", "not an Iranian number", id="foreign"),
        pytest.param("+447911123456", "not an Iranian number", id="foreign too"),
        pytest.param("9" * 41, "longer than 40", id="very long"),
        pytest.param("9" * 100_000, "longer than 40", id="absurdly long"),
        pytest.param("09123456789\x00", None, id="a NUL after it"),
        pytest.param("09123456789;DROP", None, id="something after it"),
        pytest.param("٠٩١٢٣٤٥٦٧٨", "no such number", id="Arabic digits, one short"),
        pytest.param("०९१२३४५६७८९"[:-1], "no such number", id="digits of another script, one short"),
    ],
)
def test_what_is_no_mobile_number_of_iran_is_refused_with_a_reason(written: str, reason: str | None) -> None:
    with pytest.raises(PhoneError, match=reason) as refusal:
        phones.parse(written)

    assert "09123456789" in str(refusal.value)


@given(st.text(max_size=60) | st.text(alphabet="+0989123456 ۰۱۲۳۴۵۶۷۸۹()-;=ext,#*", max_size=30))
@example("tel:09123456789;phone-context=+98")
@example("09123456789 ext. 5")
@example(";ext=")
@example("²³¹²³¹²³¹²³")
@example("0912FLOWERS")
def test_any_text_is_a_number_or_a_phone_error(written: str) -> None:
    try:
        number = phones.parse(written)
    except PhoneError:
        return
    assert phones.show(number).startswith("+989")
    assert _digits(written).endswith(phones.national(number))


def _digits(written: str) -> str:
    """Every digit of a text, in any script, and nothing made of letters."""
    return "".join(
        str(unicodedata.decimal(mark)) for mark in written if unicodedata.decimal(mark, None) is not None
    )


@given(st.integers(0, 9_999_999))
def test_a_number_shown_is_read_as_itself(rest: int) -> None:
    number = int(f"98912{rest:07}")

    assert phones.parse(phones.show(number)) == number
    assert phones.parse(phones.national(number)) == number


def test_the_national_digits_are_those_after_the_country_code() -> None:
    assert phones.national(ALI) == "9123456789"


@pytest.mark.parametrize("prefix", ["0912", "0919", "0990", "0935", "0901", "0920", "0921", "0998"])
def test_numbers_of_the_networks_of_the_country_are_accepted(prefix: str) -> None:
    assert phones.parse(prefix + "1234567") == int("98" + prefix[1:] + "1234567")
