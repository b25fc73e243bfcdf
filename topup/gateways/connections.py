"""Staff choose an operator's gateway and say how it is reached: one call for the API and the console.

Owns what is checked before such a setting is kept. A secret comes in here, is sealed, and never goes
out again: whoever asks is told its name.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from topup.audit import log
from topup.audit.log import Act
from topup.gateways import registry, settings
from topup.gateways.models import Connection, Operator
from topup.gateways.settings import OperatorSettings, Unusable
from topup.vault import Vault


class Wanted(NamedTuple):
    """What staff set. `secrets` holds only those that change: a text, or None to remove one."""

    configuration: Mapping[str, Any]  # a JSON object
    max_in_flight: int = settings.DEFAULT_MAX_IN_FLIGHT
    allowed_hosts: Sequence[str] = ()
    secrets: Mapping[str, str | None] = {}


def of(operator: Operator, gateway: str) -> Connection:
    """The connection as it is kept, or as it would be without any setting. Raises Unusable."""
    if registry.find(gateway).is_instant:
        raise Unusable("gateway", f"{gateway} has no connection: it sends nothing")
    kept = Connection.objects.filter(operator=operator, gateway=gateway).first()
    return kept or Connection(operator=operator, gateway=gateway)


def check(operator: Operator, gateway: str, wanted: Wanted) -> dict[str, str | None]:
    """The names of the secrets that there would be, the new ones with their values. Raises Unusable."""
    settings.check_in_flight(wanted.max_in_flight)
    settings.check_hosts(wanted.allowed_hosts)
    for name, value in wanted.secrets.items():
        settings.check_secret(name, "x" * settings.MIN_SECRET if value is None else value)
    secrets = {**dict.fromkeys(of(operator, gateway).secrets), **wanted.secrets}
    for name in [name for name, value in wanted.secrets.items() if value is None]:
        del secrets[name]
    if len(secrets) > settings.MAX_SECRETS:
        raise Unusable("secrets", f"keep at most {settings.MAX_SECRETS}")
    known = dict.fromkeys(secrets, "")
    hosts = tuple(wanted.allowed_hosts)
    registry.check(OperatorSettings(operator.code, gateway, wanted.configuration, known, allowed_hosts=hosts))
    return secrets


def connect(operator: Operator, gateway: str, wanted: Wanted, *, vault: Vault) -> Connection:
    """Keep what staff set; it holds from the next second on. Raises Unusable."""
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)  # two of staff come one after the other
        secrets = check(operator, gateway, wanted)
        row = of(operator, gateway)
        before = _told(row)
        row.secrets = {
            name: row.secrets[name] if value is None else vault.seal(value.encode()).decode()
            for name, value in secrets.items()
        }
        row.configuration = dict(wanted.configuration)
        row.max_in_flight = wanted.max_in_flight
        row.allowed_hosts = list(wanted.allowed_hosts)
        row.version += 1
        row.save()
        log.write(
            Act.CONNECTION_CHANGED,
            subject_type="connection",
            subject_id=row.pk,
            before=before,
            after=_told(row, changed=wanted.secrets),
        )
    return row


def _told(row: Connection, changed: Collection[str] = ()) -> dict[str, Any]:  # JSON values
    """What the audit log has of a connection: of secrets their names, and which are new."""
    told = {
        "operator": row.operator_id,
        "gateway": row.gateway,
        "configuration": dict(row.configuration),
        "max_in_flight": row.max_in_flight,
        "allowed_hosts": list(row.allowed_hosts),
        "secrets": sorted(row.secrets),
    }
    return {**told, "secrets_set": sorted(set(changed) & set(row.secrets))} if changed else told


def check_choice(operator: Operator, gateway: str) -> None:
    """Raise Unusable unless recharges of this operator can go through this gateway from now on."""
    kind = registry.find(gateway)
    if kind.is_instant:
        return
    row = of(operator, gateway)
    known = dict.fromkeys(row.secrets, "")
    try:
        registry.check(
            OperatorSettings(
                operator.code, gateway, row.configuration, known, allowed_hosts=tuple(row.allowed_hosts)
            )
        )
    except Unusable as error:
        raise Unusable(
            "gateway",
            f"{gateway} can't be used for {operator.code} yet: set its connection first ({error})",
        ) from None
