"""Mutants of what a module says outside of its functions: which state follows which, what moves where.

mutmut leaves that alone, because it is done before a test begins. So each of these is a module of its own,
imported by tests in a process of their own. Owns the changes: another member of the same enumeration, one
that is missing, one too many, another word or number, the other sign or comparison.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping, Sequence
from enum import EnumType
from itertools import accumulate
from typing import Any, NamedTuple

from tests.mutants import subjects
from tests.mutants.result import Mutant

AT_IMPORT = frozenset({"_effect", "change"})
"""Functions that make a table while their module is imported, and what they define."""
TABLE = "table"
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_SIGNS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}

Enums = Mapping[str, EnumType]


class Change(NamedTuple):
    """A module with one thing changed, and its whole text."""

    mutant: Mutant
    source: str


def changes(path: str) -> Iterator[Change]:
    """Every change of the tables of the module at this path of the project."""
    module = path.removesuffix(".py").replace("/", ".")
    found = vars(importlib.import_module(module))
    enums = {name: value for name, value in found.items() if isinstance(value, EnumType)}
    source = (subjects.ROOT / path).read_bytes()
    for statement in ast.parse(source).body:
        for node in _spots(statement):
            was = ast.unparse(node)
            for other in _others(node, enums):
                mutant = Mutant(module, _named(statement), was, ast.unparse(other))
                yield Change(mutant, _swapped(source, node, other))


def _named(statement: ast.stmt) -> str:
    """What a statement of a module makes."""
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return TABLE


def _spots(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions below a node that count while the module is imported."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return
        case ast.FunctionDef(name=name) if name not in AT_IMPORT:
            return
        case ast.FunctionDef(body=body) | ast.ClassDef(body=body):
            below: list[ast.AST] = list(body)
        case ast.AnnAssign(value=value):
            below = [] if value is None else [value]
        case ast.Assign(value=value):
            below = [value]
        case _:
            below = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.expr):
        yield node
    for child in below:
        yield from _spots(child)


def _others(node: ast.expr, enums: Enums) -> Iterator[ast.expr]:
    """What may stand there instead."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in enums:
            yield from (_member(name, other) for other in enums[name].__members__ if other != attr)
        case ast.Set(elts=members):
            yield from _of_a_set(members, enums)
        case ast.Call(func=ast.Name(id="frozenset"), args=[]):
            for name in enums:
                for other in enums[name].__members__:
                    yield ast.Call(node.func, [ast.Set([_member(name, other)])], [])
        case ast.Dict(keys=keys, values=values):
            for place in range(len(keys)):
                yield ast.Dict(_without(keys, place), _without(values, place))
        case _:
            yield from _of_a_value(node)


def _of_a_set(members: list[ast.expr], enums: Enums) -> Iterator[ast.expr]:
    for place in range(len(members)):
        rest = _without(members, place)
        yield ast.Set(rest) if rest else ast.Call(ast.Name("set"), [], [])
    match members[0]:
        case ast.Attribute(value=ast.Name(id=name)) if name in enums:
            there = {ast.unparse(member) for member in members}
            for other in enums[name].__members__:
                if f"{name}.{other}" not in there:
                    yield ast.Set([*members, _member(name, other)])


def _of_a_value(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"{value}XX")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _SIGNS:
            yield ast.BinOp(left, _SIGNS[type(operator)](), right)
        case ast.Compare(left=left, ops=[operator], comparators=right) if type(operator) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(operator)]()], right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)


def _member(enum: str, name: str) -> ast.expr:
    return ast.Attribute(ast.Name(enum), name)


def _without(things: Sequence[Any], place: int) -> list[Any]:  # expressions, or keys of a dict
    return [*things[:place], *things[place + 1 :]]


def _swapped(source: bytes, node: ast.expr, other: ast.expr) -> str:
    """The module's text with `other` in the place of `node`."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    begin = lines[node.lineno - 1] + node.col_offset
    end = lines[node.end_lineno - 1] + node.end_col_offset
    return (source[:begin] + f"({ast.unparse(other)})".encode() + source[end:]).decode()
