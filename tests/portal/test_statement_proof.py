"""A seller proves from any form of a statement alone that its book was sealed, and so that nobody rewrote it.

Who checks it is `docs/verify_seal.py`, which knows nothing of ours but the public key.
"""

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from tests.conftest import Api, NewSeller
from tests.portal.conftest import Visit
from tests.support import pdf_text
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.verifier import verifier
from topup import clock
from topup.reconciliation.seals import keeping, making

AVAILABLE, PRICE = 1_000_000, 30_000
SEALED = f"at version 2, IRR available {AVAILABLE - PRICE}, held 0, in the seal of"
Read = Callable[[SellerAtHand, str], httpx.Response]
PORTAL = ("/statement/csv/", "/statement/pdf/", "/statement/proof/")
FIGURES = ("/statement/csv/", "/api/v1/statement", "/api/v1/statement?format=csv")


@pytest.fixture
def seller(installation: Installation, new_seller: NewSeller, api: Api) -> SellerAtHand:
    """One that sold once and was sealed then."""
    made = new_seller(available=AVAILABLE)
    sale = {"phone_number": "09121234567", "amount": PRICE}
    api(made).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "a"}).raise_for_status()
    making.make(installation.config, now_us=clock.now_us())
    return made


@pytest.fixture
def read(api: Api, visit: Visit) -> Read:
    """A file as its seller downloads it: from the API with its key, else from the portal."""

    def download(who: SellerAtHand, path: str) -> httpx.Response:
        return api(who).get(path) if path.startswith("/api/") else visit(who).open(path)

    return download


@pytest.mark.parametrize("path", [*PORTAL, "/api/v1/statement", "/api/v1/statement?format=csv"])
def test_every_form_is_proved_by_itself(
    installation: Installation, seller: SellerAtHand, read: Read, tmp_path: Path, path: str
) -> None:
    file = tmp_path / "statement"
    file.write_bytes(read(seller, path).raise_for_status().content)

    ran = verifier(file, "--key", keeping.public_key(installation.config))

    assert ran.stdout.startswith(f"RIGHT: seller {seller.id} was {SEALED}"), ran.stderr


def test_the_proof_of_a_workbook_is_a_cell_to_copy(seller: SellerAtHand, read: Read, tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(read(seller, "/statement/xlsx/").content))
    said = {row[0]: row[1] for row in book["Proof"].iter_rows(values_only=True)}
    (tmp_path / "proof").write_text(str(said["Proof"]), "utf-8")

    assert (said["After movement"], said["Available"], said["Held"]) == (2, AVAILABLE - PRICE, 0)
    assert SEALED in verifier(tmp_path / "proof").stdout


@pytest.mark.parametrize("path", FIGURES)
def test_a_statement_with_other_sums_than_were_sealed_is_found_out(
    seller: SellerAtHand, read: Read, tmp_path: Path, path: str
) -> None:
    told, proof = read(seller, path).text.split('"head"' if path == FIGURES[1] else '""head""')
    wrong = told.replace(str(AVAILABLE - PRICE), str(AVAILABLE - PRICE + 1))
    file = tmp_path / "statement"
    file.write_text('"head"'.join([wrong, proof]) if path == FIGURES[1] else '""head""'.join([wrong, proof]))

    assert wrong != told
    assert "this statement has other sums there" in verifier(file).stderr


def test_the_page_shows_what_can_be_compared_with_others(
    installation: Installation, seller: SellerAtHand, read: Read
) -> None:
    page = read(seller, "/statement/").text
    newest = keeping.newest(installation.config)

    assert newest is not None
    assert keeping.head_of(newest).root in page
    assert keeping.public_key(installation.config) in page


def test_the_paper_shows_the_same(installation: Installation, seller: SellerAtHand, read: Read) -> None:
    said = "".join(pdf_text.pieces(read(seller, "/statement/pdf/").content))

    assert keeping.public_key(installation.config) in said


@pytest.mark.parametrize("path", [*FIGURES, "/statement/pdf/"])
def test_a_book_that_is_in_no_seal_yet_has_a_statement_without(
    new_seller: NewSeller, read: Read, tmp_path: Path, path: str
) -> None:
    (tmp_path / "statement").write_bytes(read(new_seller(available=5), path).raise_for_status().content)

    assert "there is no proof in this file" in verifier(tmp_path / "statement").stderr


def test_who_asks_for_a_proof_before_there_is_one_is_told_so(new_seller: NewSeller, read: Read) -> None:
    answer = read(new_seller(available=5), "/statement/proof/")

    assert answer.url.path == "/statement/"
    assert "Your book is in no seal yet" in answer.text
