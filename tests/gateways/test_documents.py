"""What the documents tell staff to write is what works, and the simulator's table is the one in the code."""

import json
import re
from typing import Any

from tests.gateways.conftest import MakeGateway, Simulated
from tests.gateways.orders import order
from tests.support.installation import ROOT
from tests.support.loop import in_a_loop
from topup.gateways.contract import Result
from topup.gateways.http_json.templates import OF_AN_ORDER
from topup.gateways.simulator.behaviours import TABLE

HOWTO = ROOT.joinpath("docs/howto/add-an-operator.md").read_text("utf-8")
REFERENCE = ROOT.joinpath("docs/reference/simulator.md").read_text("utf-8")


def connection() -> dict[str, Any]:  # a JSON object
    (block,) = re.findall(r"```json\n(.*?)```", HOWTO, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


@in_a_loop
async def test_the_operator_of_the_how_to_delivers(http_json: MakeGateway, simulated: Simulated) -> None:
    written = json.dumps(connection()["configuration"]).replace("http://127.0.0.1:8099", simulated.url)
    gateway, wanted = http_json(json.loads(written), **connection()["secrets"]), order("100")

    assert (await gateway.submit(wanted)).result is Result.DELIVERED
    assert (await gateway.query(wanted)).result is Result.DELIVERED
    await gateway.close()


def test_the_how_to_names_every_place() -> None:
    assert {name for name in OF_AN_ORDER if f"`{{{name}}}`" not in HOWTO} == set()


def test_the_table_of_the_simulator_is_its_own() -> None:
    rows = dict(re.findall(r"^\| (\d{3}) \| (.*) \|$", REFERENCE, re.MULTILINE))

    assert {digits: says for digits, says in rows.items() if digits in TABLE} == {
        row.digits: row.says for row in TABLE.values()
    }
