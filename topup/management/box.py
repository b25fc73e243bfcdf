"""The text that ends a start: where everything is, who may log in, and a sale to paste."""

from collections.abc import Sequence

from topup.config import Config
from topup.management.demo import Demo
from topup.management.proof import PHONE_NUMBER, PRICE_MINOR

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not bound to


def reachable(host: str) -> str:
    """The address under which this machine reaches a server that listens on `host`."""
    return ANY_ADDRESS.get(host, host)


def url(config: Config) -> str:
    host = reachable(config.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def sections(*, url: str, config: Config, demo: Demo | None) -> Sequence[Sequence[str]]:
    """The paragraphs of the box."""
    places = (
        f"Site           {url}/",
        f"Staff          {url}/console/",
        f"API, try it    {url}/api/docs",
        f"Health         {url}/api/health/",
        f"Data and logs  {config.home}",
    )
    if demo is None:
        return (places, ("Ctrl-C stops everything.",))
    return (places, _logins(demo), _sale(url=url, demo=demo), ("Ctrl-C stops everything.",))


def _logins(demo: Demo) -> Sequence[str]:
    staff = f"Staff   {demo.admin.username} / {demo.admin.password}   key {demo.admin.token}"
    sellers = (f"Seller  {one.username} / {one.password}   key {one.token}" for one in demo.sellers)
    return (staff, *sellers)


def _sale(*, url: str, demo: Demo) -> Sequence[str]:
    body = f'{{"phone_number": "{PHONE_NUMBER}", "amount": {PRICE_MINOR}}}'
    return (
        "Sell a recharge:",
        "",
        f"curl -sS {url}/api/v1/recharges \\",
        f"  -H 'Authorization: Token {demo.sellers[0].token}' \\",
        "  -H 'Content-Type: application/json' \\",
        '  -H "Idempotency-Key: demo-$(date +%s%N)" \\',
        f"  -d '{body}'",
    )
