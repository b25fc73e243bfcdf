"""The hash chain's layout stays as documented, byte for byte, and every field is sealed by it."""

import hashlib
from typing import Any

import pytest

from tests.support import model
from tests.support.model import Line, Sums
from topup.ledger import chain

FIRST: dict[str, Any] = {  # the types are those of chain.link
    "seller_id": 7,
    "currency": "IRR",
    "seq": 1,
    "kind": "credit",
    "amount": 1_000_000,
    "vector": (1_000_000, 0, 1_000_000, 0, 0),
    "source_type": "credit_request",
    "source_id": "01920000-0000-7000-8000-000000000007",
    "actor_type": "user",
    "actor_id": 3,
    "created_at_us": 1_800_000_000_000_000,
    "previous": chain.GENESIS,
}
SECOND = FIRST | {
    "seq": 2,
    "kind": "deduction",
    "amount": 1,
    "vector": (999_999, 0, 1_000_000, 0, -1),
    "source_type": "adjustment",
    "actor_type": "system",
    "actor_id": 0,
    "previous": bytes(range(32)),
}
LARGEST = FIRST | {
    "seller_id": 2**32 - 1,
    "seq": 2**63 - 1,
    "amount": 2**63 - 1,
    "vector": (2**63 - 1, 0, 2**63 - 1, 0, -(2**63)),
    "source_id": "é" * 40,
}
OTHER: dict[str, Any] = {
    "seller_id": 8,
    "currency": "USD",
    "seq": 2,
    "kind": "adjustment",
    "amount": 1_000_001,
    "source_type": "adjustment",
    "source_id": "01920000-0000-7000-8000-000000000008",
    "actor_type": "system",
    "actor_id": 4,
    "created_at_us": 1_800_000_000_000_001,
    "previous": bytes(31) + b"\x01",
}


@pytest.mark.parametrize(
    ("fields", "golden"),
    [
        pytest.param(
            FIRST, "9d1b340b2453b980efdef4a07f339d57ee021378d84736281663714e26b74fbd", id="the first"
        ),
        pytest.param(
            SECOND, "a41e77065f0a7f66b2502e2344ca5f9c6668fadffe768c28494e607d38fa8729", id="one below zero"
        ),
        pytest.param(
            LARGEST,
            "6aec9ab83a7e29caa7b5382b3e025571293f1c572fa8e526b92bb7117e48501a",
            id="the largest numbers",
        ),
    ],
)
def test_golden_vectors(fields: dict[str, Any], golden: str) -> None:
    assert chain.link(**fields).hex() == golden


@pytest.mark.parametrize("fields", [FIRST, SECOND, LARGEST])
def test_the_documented_layout_gives_the_same_hash(fields: dict[str, Any]) -> None:
    line = Line(
        fields["seq"], fields["kind"], fields["amount"], Sums(*fields["vector"]), fields["source_type"],
        fields["source_id"], fields["actor_type"], fields["actor_id"], fields["created_at_us"], b"",
    )  # fmt: skip

    by_hand = model.seal(fields["seller_id"], fields["currency"], line, fields["previous"])

    assert chain.link(**fields) == by_hand


@pytest.mark.parametrize("field", OTHER)
def test_every_field_is_sealed(field: str) -> None:
    assert chain.link(**FIRST | {field: OTHER[field]}) != chain.link(**FIRST)


@pytest.mark.parametrize("place", range(5))
def test_every_sum_is_sealed(place: int) -> None:
    vector = list(FIRST["vector"])
    vector[place] += 1

    assert chain.link(**FIRST | {"vector": vector}) != chain.link(**FIRST)


def test_texts_cannot_flow_into_each_other() -> None:
    one = chain.link(**FIRST | {"currency": "IR", "kind": "Rcredit"})

    assert one != chain.link(**FIRST)


def test_a_link_is_as_long_as_the_beginning() -> None:
    assert len(chain.link(**FIRST)) == len(chain.GENESIS) == hashlib.sha256().digest_size
