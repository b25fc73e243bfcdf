"""A statement as a PDF to print: its words and digits are made here, its shape is `typst/statement.typ`.

Owns what stands on the paper. Typst is given data and no markup, so that nothing that a person wrote is ever
read as a program; it finds our fonts alone, and no network.
"""

import json
from functools import cache
from pathlib import Path
from typing import IO, Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from topup import people
from topup.portal.pages import statement_reading
from topup.portal.pages.statement_files import Told, sum_rows
from topup.portal.pages.statement_proof import FILE_NAME, Proof
from topup.portal.pages.statement_reading import Line, Statement, signed

FOLDER = Path(__file__).resolve().parent.parent / "typst"
TEMPLATE = FOLDER / "statement.typ"
ROWS_MAX = 5_000
"""Movements of a PDF, some 150 pages and 8 MB: seconds of a processor, in which other threads go on."""
NO_BREAK = "\u00a0"
ENDS = 4
"""Where the closing stands in the sum, and after the opening all between them have signs."""


def pdf(of: Statement, told: Told, into: IO[bytes]) -> None:
    """Write the statement. It must have at most ROWS_MAX movements."""
    assert of.movements <= ROWS_MAX, of.movements
    into.write(compiled(_data(of, told)))


def compiled(data: dict[str, Any], **options: Any) -> bytes:  # JSON values, and typst's own options
    """What typst makes of the data: a PDF, or with `format="png"` the pictures of its pages."""
    compiler = typst.Compiler(
        TEMPLATE,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    made: Any = compiler.compile(**{"format": "pdf", **options})  # bytes, of pictures a list of them
    return made  # type: ignore[no-any-return]  # see above


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"]
    )


def _data(of: Statement, told: Told) -> dict[str, Any]:  # JSON values
    language = told.language
    period = of.period.name(language)
    return {
        "language": language,
        "rtl": language == people.PERSIAN,
        "digits": people.digits("0123456789", language),
        "title": _("Statement"),
        "seller": told.seller_name,
        "seller_number": _("Seller %(number)s") % {"number": people.digits(str(of.seller_id), language)},
        "period": period,
        "sum": [
            {"words": words, "money": _money(amount, of.currency, language, with_sign=0 < place < ENDS)}
            for place, (words, amount) in enumerate(sum_rows(of))
        ],
        "parts": _parts(of, language),
        "none": _("Nothing moved in this time."),
        "unit": _("Amounts in %(unit)s") % {"unit": people.unit_name(of.currency, language)},
        "head": _head(),
        "movements": [
            _row(line, of.currency, language) for lines in statement_reading.walk(of) for line in lines
        ],
        "proof": _proof(told.proof, of.currency, language) if told.proof else None,
        "footer": f"{told.seller_name} · {period}",
        "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _money(amount_minor: int, currency: str, language: str, *, with_sign: bool) -> str:
    write = signed if with_sign else people.amount
    figure = people.isolated(write(amount_minor, currency, language))
    return f"{figure}{NO_BREAK}{people.unit_name(currency, language)}"


def _parts(of: Statement, language: str) -> str:
    sums, currency = of.closing.sums, of.currency
    return _("Of the closing balance %(available)s is available and %(held)s is held.") % {
        "available": _money(sums.available, currency, language, with_sign=False),
        "held": _money(sums.held, currency, language, with_sign=False),
    }


def _proof(proof: Proof, currency: str, language: str) -> dict[str, Any]:  # JSON values
    """The seal in words, and the proof as the file that is attached to the PDF."""
    moment = people.moment(proof.sealed_at_us, language, settings.TIME_ZONE)
    return {
        "title": _("Proof"),
        "says": _("This book was sealed. Whoever has the seal's public key can prove it from this file."),
        "facts": [
            [_("Sealed"), people.isolated(moment)],
            [_("After movement"), people.number(proof.version, language)],
            [_("Available"), _money(proof.available, currency, language, with_sign=False)],
            [_("Held"), _money(proof.held, currency, language, with_sign=False)],
            [_("Root of the seal"), people.isolated(proof.root)],
            [_("Public key"), people.isolated(proof.public_key)],
        ],
        "name": FILE_NAME,
        "text": proof.text,
    }


def _head() -> list[str]:
    return [
        _("No."),
        _("Time"),
        _("Movement"),
        _("Change"),
        _("Change of held"),
        _("Available"),
        _("Held"),
    ]


def _row(line: Line, currency: str, language: str) -> list[str]:
    def changed(amount_minor: int) -> str:
        return people.isolated(signed(amount_minor, currency, language)) if amount_minor else "–"

    return [
        people.number(line.version, language),
        people.isolated(people.moment(line.at_us, language, settings.TIME_ZONE, seconds=True)),
        _said(line, language),
        changed(line.change),
        changed(line.change_held),
        people.isolated(people.amount(line.available, currency, language)),
        people.isolated(people.amount(line.held, currency, language)),
    ]


def _said(line: Line, language: str) -> str:
    """The movement, its number and its reference; each reads in its own direction."""
    phone = "" if line.phone_number is None else people.phone(line.phone_number, language)
    phone = people.isolated(phone.replace(" ", NO_BREAK)) if phone else ""
    reference = people.isolated(line.reference) if line.reference else ""
    return " · ".join(part for part in (str(line.word), phone, reference, line.reason) if part)
