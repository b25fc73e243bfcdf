"""Arrays become literals that PostgreSQL reads; what it really reads is proven on a database."""

from topup.ledger import literals


def test_numbers_stand_between_braces() -> None:
    assert literals.numbers([1, -2, 2**63 - 1]) == "{1,-2,9223372036854775807}"


def test_nothing_is_an_empty_array() -> None:
    assert (
        literals.numbers([]) == literals.words([]) == literals.texts([]) == literals.byte_strings([]) == "{}"
    )


def test_texts_are_always_quoted() -> None:
    assert literals.texts(["a", "", "NULL", "b,c", "{}"]) == '{"a","","NULL","b,c","{}"}'


def test_quotes_and_backslashes_are_escaped() -> None:
    assert literals.texts(['say "hi"', "back\\slash"]) == r'{"say \"hi\"","back\\slash"}'


def test_bytes_are_written_in_hex() -> None:
    assert literals.byte_strings([b"\x00\xff", b""]) == r'{"\\x00ff","\\x"}'
