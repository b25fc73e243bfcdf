"""Trying the mutants of tables, each in a process of its own that imports the changed module.

Owns the processes: each is forked from this one, which has the large libraries ready, forgets whatever it
knows of the project, and runs the tests of the module. Nothing is written.
"""

import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import signal
import sys
from types import FrameType, ModuleType
from typing import Any

import django
import httpx
import hypothesis.stateful
import msgspec
import psycopg_pool
import pytest

from tests.mutants import subjects, tables
from tests.mutants.result import Fate, Mutant
from tests.mutants.tables import Change

READY = (django, httpx, hypothesis.stateful, msgspec, psycopg_pool)
"""What the tests' configuration imports and takes longest."""
TIMEOUT_S = 300
"""Many times what the tests of one module take on a busy machine."""
TOLD_EVERY = 50
PASSED, FAILED, INTERRUPTED = 0, 1, 2
"""What pytest ends with; a module of tests that can't be imported interrupts it."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--assert=plain")


def tried(*, at_once: int) -> list[Mutant]:
    """All mutants of the subjects' tables."""
    work = [(path, change) for path in subjects.TESTS for change in tables.changes(path)]
    with multiprocessing.get_context("fork").Pool(at_once, maxtasksperchild=1) as processes:
        for path, code in zip(subjects.TESTS, processes.map(_unchanged, subjects.TESTS), strict=True):
            assert code == PASSED, f"the tests of {path} fail without a mutant"
        mutants = []
        for mutant in processes.imap(_tried, work):
            mutants.append(mutant)
            if len(mutants) % TOLD_EVERY == 0:
                print(f"{len(mutants)} of {len(work)}", flush=True)  # noqa: T201  # it takes minutes
        return mutants


def _unchanged(path: str) -> int:
    _forget_the_project()
    return _tests(path)


def _tried(work: tuple[str, Change]) -> Mutant:
    """The fate of this change, in a process that ends afterwards."""
    path, change = work
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(TIMEOUT_S)
    _forget_the_project()
    try:
        _import(change)
    except Exception:  # noqa: BLE001  # whatever stops its import is noticed at once
        return change.mutant._replace(fate=Fate.KILLED)
    try:
        code = _tests(path)
    except TimeoutError:
        return change.mutant._replace(fate=Fate.TIMED_OUT)
    assert code in (PASSED, FAILED, INTERRUPTED), f"pytest ended with {code} for {change.mutant}"
    return change.mutant._replace(fate=Fate.SURVIVED if code == PASSED else Fate.KILLED)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _forget_the_project() -> None:
    """All of it but this package, by whose names the answer is handed back."""
    for name in list(sys.modules):
        package, *rest = name.split(".")
        if package == "topup" or (package == "tests" and rest[:1] != ["mutants"]):
            del sys.modules[name]


def _import(change: Change) -> None:
    """The changed module in the place of the original."""
    name = change.mutant.module
    spec: Any = importlib.util.find_spec(name)  # of a module that is there
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(change.source, spec.origin, "exec"), vars(module))  # the mutant itself
    package, _, own = name.rpartition(".")
    setattr(importlib.import_module(package), own, module)


def _tests(path: str) -> int:
    os.chdir(subjects.ROOT)
    sys.dont_write_bytecode = True
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,  # noqa: PTH123  # a device
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        return int(pytest.main([*OPTIONS, *subjects.TESTS[path]]))
