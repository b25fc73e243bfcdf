"""What the code below the console says in English is told in Persian on its pages: every sentence of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from tests.console.browser import Browser
from tests.support.installation import ROOT, Installation
from topup.trips import Connection

MODULES = {
    "topup/reconciliation/settlement/mapping.py": {"MappingError"},
    "topup/reconciliation/settlement/keeping.py": {"MappingError", "UnknownOperator"},
    "topup/reconciliation/settlement/lines.py": {"MappingError", "Bad", "_WrongValueError"},
    "topup/gateways/settings.py": {"Unusable"},
    "topup/gateways/connections.py": {"Unusable"},
    "topup/gateways/registry.py": {"Unusable"},
    "topup/gateways/simulator/gateway.py": {"Unusable"},
    "topup/gateways/http_json/configuration.py": {"Unusable", "ValueError"},
    "topup/gateways/http_json/templates.py": {"ValueError"},
    "topup/outbound.py": {"Refused"},
}
"""Where the sentences are, and what is raised or made with them."""
OURS_ALONE = {"_in_file"}
"""What only commands do, with files of our own machine."""
SAMPLE = "rial"
SAMPLES = {"why": "no"}
"""What stands where something varies; some places take few words."""
FOREIGN = re.compile(r"[A-Za-z]{2,}|[0-9]")
APART = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
NAMES = re.compile("JSON|HTTP")
MAPPINGS = "/console/settlement/keptmapping/add/"
OPERATOR = "/console/gateways/operator/rightel/change/"


def sentences(path: str) -> Iterator[str]:
    """Those of a module, `SAMPLE` in each place where something varies."""
    tree = ast.parse(Path(ROOT, path).read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name not in OURS_ALONE:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in MODULES[path]:
                    yield from filter(None, map(_text, call.args[-2:]))


def _text(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant):
        text = str(argument.value)
        return text if " " in text else None  # the name of a field
    if isinstance(argument, ast.JoinedStr):
        text = "".join(map(_part, argument.values)).removeprefix(f"{SAMPLE}: ")
        return text if " " in text else None
    return None


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return SAMPLES.get(ast.unparse(part.value), SAMPLE)
    return str(ast.literal_eval(part))


def in_persian(text: str) -> str:
    from topup.console import retelling  # noqa: PLC0415  # its words exist once Django is set up

    with translation.override("fa"):
        return retelling.retold(text)


@pytest.mark.parametrize("path", MODULES)
def test_every_sentence_is_known(installation: Installation, path: str) -> None:
    from topup.console import retelling  # noqa: PLC0415  # as above

    found = list(sentences(path))

    assert found
    assert [each for each in found if retelling.told(each) is None] == []


SPECIMENS = (
    "line 3: the amount '12x' is not a whole number of rials",
    "The mapping: Expected `str`, got `int` - at `$.amount`.",
    "submit.url: this is no URL: port must be an integer",
    "gateway: http_json can't be used for mci yet: set its connection first (submit: is required)",
    "failed with us, and delivered by the file. Settlement file a.csv (01a1), line 12: reference 01a1-02",
    "Settlement file a.csv (01a1), line 7: reference 01a1-02, operator's reference 77, amount 200,000",
    "Settlement file a.csv (01a1), line 8: reference 01a1-03, number 989121234567, delivered 1 of 2 lines",
    "we know no such recharge. Settlement file mci.csv (01a1fa06), line 2: reference strange",
    "sold 200,000 to 0912 at 2026-11-20T10:00:00Z; not in settlement file a.csv (01a1) of 2026-11-20",
)


@pytest.mark.parametrize("text", SPECIMENS)
def test_what_is_no_data_is_persian(installation: Installation, text: str) -> None:
    assert FOREIGN.search(NAMES.sub("", APART.sub("", in_persian(text)))) is None


def test_each_part_of_a_line_is_told(installation: Installation) -> None:
    told = in_persian("Settlement file a.csv (01a1), line 7: reference 01a1-02, amount 200,000")

    assert told.endswith("شمارهٔ پیگیری \u206801a1-02\u2069، مبلغ ۲۰۰٬۰۰۰")


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        (
            MAPPINGS,
            {"name": "of-nobody", "content": '{"amount": "price"}'},
            "فیلد لازم \u2068reference\u2069 نیست",
        ),
        (
            OPERATOR,
            {"gateway": "http_json"},
            "\u2068http_json\u2069 هنوز برای \u2068rightel\u2069 کار نمی‌کند",
        ),
    ],
)
def test_a_form_says_in_persian_what_is_wrong(
    browser: Browser, app: Connection, path: str, values: dict[str, str], said: str
) -> None:
    app.execute("DELETE FROM gateways_connection WHERE operator_id = 'rightel'")
    browser.client.cookies.set("django_language", "fa")

    assert said in browser.send(path, **values).text


def test_what_nobody_knows_is_shown_as_it_is(installation: Installation) -> None:
    assert in_persian("anything else that happened") == "\u2068anything else that happened\u2069"


def test_in_english_nothing_changes(installation: Installation) -> None:
    from topup.console import retelling  # noqa: PLC0415  # as above

    assert retelling.retold(SPECIMENS[0]) == SPECIMENS[0]
