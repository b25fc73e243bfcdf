"""What one check of `topup doctor` found."""

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A line for the operator; `remedy` is empty when all is well. A `minor` one is only to be looked at."""

    title: str
    detail: str
    remedy: str = ""
    minor: bool = False

    @property
    def well(self) -> bool:
        return not self.remedy or self.minor


def ok(title: str, detail: str) -> Finding:
    return Finding(title=title, detail=detail)


def problem(title: str, detail: str, *, remedy: str) -> Finding:
    return Finding(title=title, detail=detail, remedy=remedy)


def remark(title: str, detail: str, *, remedy: str) -> Finding:
    return Finding(title=title, detail=detail, remedy=remedy, minor=True)
