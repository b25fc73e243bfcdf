"""Operators write their files in many ways; a declared mapping reads each of them."""

import gzip
from typing import Any

import pytest

from tests.reconciliation.settlement.conftest import Scene, reference
from tests.support.posting import PRICE
from topup.recharges.rules import Recharge

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
BARE = {"operator_reference": "", "phone_number": "", "time": ""}


def in_persian(sold: Recharge) -> str:
    return f"{reference(sold)};{str(PRICE // 10).translate(PERSIAN)};موفق;۱۴"


THREE = "Ref,Amount,Status"
FORMS: dict[str, tuple[str, Any, str, dict[str, Any]]] = {
    "toman": (THREE, lambda s: f"{reference(s)},{PRICE // 10},OK", "utf-8", {"amount_unit": "toman"}),
    "thousands": (
        "Ref;Amount;Status", lambda s: f"{reference(s)};5,000;OK", "utf-8",
        {"delimiter": ";", "thousands": ","},
    ),
    "a decimal point": (THREE, lambda s: f"{reference(s)},{PRICE}.00,OK", "utf-8", {}),
    "a byte order mark": (THREE, lambda s: f"{reference(s)},{PRICE},OK", "utf-8-sig", {}),
    "UTF-16 and tabs": (
        "Ref\tAmount\tStatus", lambda s: f"{reference(s)}\t{PRICE}\tOK", "utf-16",
        {"delimiter": "\t", "encoding": "utf-16"},
    ),
    "Persian": (
        "شناسه;مبلغ;وضعیت;ردیف", in_persian, "utf-8",
        {
            "delimiter": ";", "reference": "شناسه", "amount": "مبلغ", "state": "وضعیت", "delivered": ["موفق"],
            "amount_unit": "toman",
        },
    ),
    "no header": (
        "", lambda s: f"7,{PRICE},{reference(s)}", "utf-8",
        {"header": False, "reference": "3", "amount": "2", "state": ""},
    ),
    "no state": ("Ref,Amount", lambda s: f"{reference(s)},{PRICE}", "utf-8", {"state": ""}),
    "words in another case": (THREE, lambda s: f"{reference(s).upper()},{PRICE}, ok ", "utf-8", {}),
    "times in their own form": (
        f"{THREE},Time", lambda s: f"{reference(s)},{PRICE},OK,31/12/2024 ۲۳:۵۹", "utf-8",
        {"time": "Time", "time_format": "%d/%m/%Y %H:%M", "time_zone": "UTC"},
    ),
    "quotes": (THREE, lambda s: f'"{reference(s)}","{PRICE}","OK"', "utf-8", {}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_declared_form_is_read(scene: Scene, form: str) -> None:
    header, line, encoding, mapping = FORMS[form]
    written = "\r\n".join([*([header] if header else []), *(line(each) for each in scene.sell(3))])
    path = scene.folder / "day.csv.gz"
    path.write_bytes(gzip.compress(written.encode(encoding)))

    ran = scene.settle(path, **(BARE | mapping))

    assert (ran.status, ran.told.get("matched"), ran.told.get("bad")) == (0, 3, 0), ran.errors
