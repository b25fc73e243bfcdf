"""No amount ever becomes a float: where money is, there is no float, no `/`, and no way to make one.

Durations are in seconds and may be fractions; they are constants and parameters whose names end in `_s`.
"""

import ast
from pathlib import Path

import pytest

from tests.support import sources

MONEY = sources.python_files("ledger", "recharges", "credit", "gateways", "money.py", "phones.py", "ids.py")


def floats_in(tree: ast.AST) -> list[int]:
    """The lines that make a float, durations apart."""
    durations = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and all(map(_is_duration, _targets(node)))
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt)
        and id(node) not in durations
        and (_is_float(node) or _makes_float(node) or _divides(node))
    ]


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_duration(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.lower().endswith("_s")


def _is_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _makes_float(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("float", "round", "Decimal")
    )


def _divides(node: ast.AST) -> bool:
    """Whether this is a division; `path / "name"` is none."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return not (isinstance(node.right, ast.Constant) and isinstance(node.right.value, str))
    return isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div)


@pytest.mark.parametrize("path", MONEY, ids=sources.shown)
def test_no_float_where_money_is(path: Path) -> None:
    assert floats_in(sources.parsed(path)) == []


@pytest.mark.parametrize(
    "line", ["x = 1.0", "x = a / b", "x /= 2", "x = float(a)", "x = round(a, 2)", "f(0.5)"]
)
def test_the_check_sees_every_way_to_a_float(line: str) -> None:
    assert floats_in(ast.parse(line)) == [1]


@pytest.mark.parametrize(
    "line", ["x = a // b", "WAIT_S = 0.5", "wait_s: float = 0.5", "p = here / 'schema.sql'", "x = 10"]
)
def test_the_check_leaves_the_rest_alone(line: str) -> None:
    assert floats_in(ast.parse(line)) == []
