"""What staff set for an operator that is reached by JSON over HTTP. Pure.

Owns the fields, and what is wrong with them in words that name the field: a configuration that passes
here can be sent.
"""

import re
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Final, Literal

import msgspec
from httpx import URL, InvalidURL

from topup import outbound
from topup.gateways.contract import Result
from topup.gateways.http_json import templates
from topup.gateways.http_json.templates import OF_A_CALLBACK, OF_A_SIGNATURE, OF_AN_ORDER
from topup.gateways.settings import Configuration, Unusable

MAX_TIMEOUT_S: Final = 120
TIMEOUT_S = 10.0
NOT_FOUND_FINAL_AFTER_S = 60.0
A_DAY_S: Final = 86_400
OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that follow from the request itself."""
SUCCESS: Final = range(200, 300)
STATUSES: Final = range(100, 600)

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
Text = Annotated[str, msgspec.Meta(max_length=2_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
# What each word may be answered. A submit is never "not found", nor a query "retry later".
OF_SUBMIT: Final = frozenset({Result.DELIVERED, Result.REFUSED, Result.RETRY_LATER, Result.UNKNOWN})
OF_QUERY: Final = frozenset({Result.DELIVERED, Result.REFUSED, Result.NOT_FOUND, Result.UNKNOWN})
OF_REVERSE: Final = OF_QUERY
OF_CALLBACK: Final = frozenset({Result.DELIVERED, Result.REFUSED, Result.UNKNOWN})


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Part of a configuration."""


class Reading(Part, frozen=True):
    """How an answer is read. `result`, `code` and `operator_reference` are paths such as `data.0.status`;
    `results` says what each value means. `statuses` says what an HTTP status means where the body has no
    such field. Anything else is unknown."""

    result: Name
    results: dict[str, Result]
    statuses: dict[str, Result] = {}
    code: Name = ""
    operator_reference: Name = ""

    def __post_init__(self) -> None:
        if not self.result:
            raise ValueError("result: name the field of the answer that tells what became of the order")
        if not self.results:
            raise ValueError('results: say what its values mean, such as {"OK": "delivered"}')
        for status in self.statuses:
            if not (status.isascii() and status.isdecimal() and int(status) in STATUSES):
                raise ValueError("statuses: write HTTP statuses such as 404")
            if int(status) in SUCCESS:
                raise ValueError(
                    "statuses: 2xx tells nothing, because a proxy's page has it too: map a field"
                )

    def meant(self) -> set[Result]:
        return {*self.results.values(), *self.statuses.values()}


class Signing(Part, frozen=True):
    """A header that proves who sends. `signed` is what is hashed under the secret of this name."""

    scheme: Literal["none", "hmac-sha256"] = "none"
    header: Name = "x-signature"
    signed: Text = "{body}"
    secret: Name = ""
    prefix: Annotated[str, msgspec.Meta(max_length=50, pattern=r"^[ -~]*$")] = ""
    encoding: Literal["hex", "base64"] = "hex"

    def __post_init__(self) -> None:
        if self.scheme != "none" and not self.secret:
            raise ValueError("secret: name the secret that signs")
        if not _HEADER.fullmatch(self.header):
            raise ValueError(f"header: {self.header!r} is no header's name")


class Call(Part, frozen=True):
    """One word to the operator. The texts of URL, headers and body are templates."""

    url: Text
    answer: Reading
    method: Literal["GET", "POST", "PUT"] = "POST"
    headers: dict[Name, Text] = {}
    body: dict[str, Any] | None = None  # a JSON object

    def __post_init__(self) -> None:
        self._check_url()
        if self.method == "GET" and self.body is not None:
            raise ValueError("body: a GET has none")
        if own := OURS & {name.lower() for name in self.headers}:
            raise ValueError(f"headers: {', '.join(sorted(own))} is set by us: remove it")
        for name, text in self.headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"headers: {name!r} is no header's name")
            if not (text.isascii() and text.isprintable()):
                raise ValueError("headers: write printable ASCII characters only")
        for where, text in self.texts():
            if wrong := templates.problem(text, known=OF_AN_ORDER, named=("secret",)):
                raise ValueError(f"{where}: {wrong}")

    def _check_url(self) -> None:
        try:
            read = without_places(self.url)
        except InvalidURL as error:
            raise ValueError(f"url: {error}") from None
        beginning = "/".join(self.url.split("/", 3)[:3])
        if read.scheme not in ("https", "http") or not read.host or "{" in beginning:
            raise ValueError("url: begin with https:// and the operator's host, which no place stands for")
        if read.userinfo:
            raise ValueError("url: put names and passwords into headers, as {secret:NAME}")

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every template, with the field that it stands in."""
        yield "url", self.url
        for text in self.headers.values():
            yield "headers", text
        for text in templates.texts(self.body):
            yield "body", text

    def secrets(self) -> set[str]:
        return {
            of for _, text in self.texts() for name, of in templates.places(text) if name == "secret" and of
        }


class Callback(Part, frozen=True):
    """What the operator sends by itself: where our reference and the result stand, and who signed."""

    reference: Name
    result: Name
    results: dict[str, Result]
    code: Name = ""
    operator_reference: Name = ""
    signing: Signing = Signing()

    def __post_init__(self) -> None:
        if not (self.reference and self.result and self.results):
            raise ValueError("results: name the fields of reference and result, and what the values mean")
        if not set(self.results.values()) <= OF_CALLBACK:
            raise ValueError(f"results: a callback may say {_words(OF_CALLBACK)}")
        if wrong := templates.problem(self.signing.signed, known=OF_A_CALLBACK, named=("header",)):
            raise ValueError(f"signing.signed: {wrong}")

    def reading(self) -> Reading:
        return Reading(
            result=self.result,
            results=self.results,
            code=self.code,
            operator_reference=self.operator_reference,
        )


class Settings(Configuration, frozen=True):
    submit: Call
    query: Call | None = None
    reverse: Call | None = None
    signing: Signing = Signing()
    callback: Callback | None = None
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=MAX_TIMEOUT_S)] = TIMEOUT_S
    not_found_final_after_s: Annotated[float, msgspec.Meta(ge=0, le=A_DAY_S)] = NOT_FOUND_FINAL_AFTER_S
    min_gap_s: Annotated[float, msgspec.Meta(ge=0, le=A_DAY_S)] = 0
    idempotent_submit: bool = False

    def __post_init__(self) -> None:
        if wrong := templates.problem(self.signing.signed, known=OF_A_SIGNATURE):
            raise ValueError(f"signing.signed: {wrong}")
        for name, call, may in self._calls():
            if not call.answer.meant() <= may:
                raise ValueError(f"{name}.answer: a {name} may be answered {_words(may)}")

    def check(self, *, secrets: Collection[str], allowed_hosts: Collection[str]) -> None:
        for name, call, _ in self._calls():
            for secret in sorted(call.secrets() - set(secrets)):
                raise Unusable(name, f"names the secret {secret}, which is not set: add it to secrets")
            _check_host(name, call.url, allowed_hosts)
        of_callback = self.callback.signing if self.callback else Signing()
        for name, signing in (("signing", self.signing), ("callback.signing", of_callback)):
            if signing.scheme != "none" and signing.secret not in secrets:
                raise Unusable(f"{name}.secret", f"the secret {signing.secret} is not set: add it to secrets")

    def _calls(self) -> Iterator[tuple[str, Call, frozenset[Result]]]:
        yield "submit", self.submit, OF_SUBMIT
        if self.query is not None:
            yield "query", self.query, OF_QUERY
        if self.reverse is not None:
            yield "reverse", self.reverse, OF_REVERSE


def without_places(url: str) -> URL:
    """The address as far as its host goes. Raises InvalidURL."""
    return URL(url.split("?", 1)[0].replace("{", "").replace("}", ""))


def _check_host(name: str, url: str, allowed: Collection[str]) -> None:
    """Refuse what the sender would refuse, and secrets in clear to a host that nobody vouched for."""
    plain = without_places(url)
    try:
        outbound.check(str(plain), allowed=allowed)
    except outbound.Refused as error:
        raise Unusable(f"{name}.url", f"{error}; name the host in allowed_hosts if it is yours") from None
    if plain.scheme == "http" and plain.host not in {host.lower() for host in allowed}:
        raise Unusable(f"{name}.url", "use https://, or name the host in allowed_hosts")


def _words(results: Collection[Result]) -> str:
    return ", ".join(sorted(results))
