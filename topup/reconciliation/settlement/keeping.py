"""Finding the mapping that an import asks for: one that is kept, or one in a file.

Owns how a mapping is named; what it means is in `mapping.py`.
"""

from pathlib import Path

from topup.gateways.models import Operator
from topup.reconciliation.settlement import mapping
from topup.reconciliation.settlement.mapping import Mapping, MappingError
from topup.reconciliation.settlement.models import KeptMapping

MAX_MAPPING_BYTES = 64 * 1024


class UnknownOperator(LookupError):
    """There is no operator of this code. The message names those that there are."""


def known_operator(code: str) -> str:
    """The code, if it is an operator's. Raises UnknownOperator."""
    codes = list(Operator.objects.values_list("code", flat=True))
    if code not in codes:
        raise UnknownOperator(f"There is no operator {code!r}; there are {', '.join(codes)}.")
    return code


def find(*, operator: str, named: str | None) -> Mapping:
    """The mapping of this name or in this file of our own machine; without either, the operator's.

    Raises MappingError. Only for who may read that machine's files: others ask `kept`.
    """
    if named is not None and ("/" in named or Path(named).suffix == ".json"):
        return _in_file(Path(named))
    return kept(named or operator)


def kept(name: str) -> Mapping:
    """The mapping kept under this name. Raises MappingError."""
    found = KeptMapping.objects.filter(pk=name).first()
    if found is None:
        names = ", ".join(KeptMapping.objects.values_list("name", flat=True)) or "none"
        raise MappingError(
            f"No mapping is kept under {name!r} (kept are: {names}). Make one in the console under "
            "Settlement mappings; `topup settle import` also takes a JSON file: --mapping ./columns.json."
        )
    return mapping.convert(found.content)


def _in_file(path: Path) -> Mapping:
    try:
        with path.open("rb") as file:
            written = file.read(MAX_MAPPING_BYTES + 1)
    except OSError as error:
        raise MappingError(f"{path} can't be read: {error.strerror or error}.") from error
    if len(written) > MAX_MAPPING_BYTES:
        raise MappingError(f"{path} has more than {MAX_MAPPING_BYTES:,} bytes: it is no mapping.")
    return mapping.decode(written)
