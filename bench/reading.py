"""What is read in a measurement of reads: whose key, and which path.

Owns the files of those lines. Recharges are drawn at random, by their time, from all that these sellers have,
so that one read seldom meets what another one warmed.
"""

import random

from bench.house import People
from bench.scenarios import What
from tests.support.installation import Installation
from topup import ids

RECHARGES_EACH = 20
MAX_LINES = 20_000
_PATHS = {What.BALANCE: "/api/v1/balance", What.TRANSACTIONS: "/api/v1/transactions"}
# A key is `tk_<id>_<secret>`.
_SOLD = """
SELECT q.key, r.id::text
  FROM unnest(%s::text[], %s::uuid[]) AS q(key, lowest)
  JOIN sellers_apikey k ON k.id = split_part(q.key, '_', 2)::uuid
  JOIN sellers_user u ON u.id = k.user_id
 CROSS JOIN LATERAL (
       SELECT id FROM recharges.recharge r
        WHERE r.seller_id = u.seller_id AND r.id >= q.lowest ORDER BY r.id LIMIT 1) r
"""
_SPAN = """
SELECT min(s.at_us), max(s.at_us)
  FROM unnest(%s::text[]) AS q(key)
  JOIN sellers_apikey k ON k.id = split_part(q.key, '_', 2)::uuid
  JOIN sellers_user u ON u.id = k.user_id
 CROSS JOIN LATERAL (
       SELECT created_at_us FROM recharges.recharge r WHERE r.seller_id = u.seller_id ORDER BY r.id LIMIT 1
     ) first(at_us)
 CROSS JOIN LATERAL (
       SELECT unnest(ARRAY[first.at_us, (
              SELECT created_at_us FROM recharges.recharge r
               WHERE r.seller_id = u.seller_id ORDER BY r.id DESC LIMIT 1)])) s(at_us)
"""


def write_paths(installation: Installation, people: People) -> None:
    """Write what `People.reading` names. The sellers must have sold something."""
    keys = people.keys.read_text(encoding="ascii").split()
    for what, path in _PATHS.items():
        _write(people, what, [f"{key} {path}" for key in keys])
    draw = random.Random(len(keys))
    chosen = draw.sample(keys, min(len(keys), MAX_LINES // RECHARGES_EACH)) * RECHARGES_EACH
    draw.shuffle(chosen)
    with installation.connect("super") as connection:
        ((first_us, last_us),) = connection.execute(_SPAN, [list(set(chosen))]).fetchall()
        lowest = [ids.lowest_at(draw.randint(first_us, last_us)) for _ in chosen]
        rows = connection.execute(_SOLD, [chosen, lowest]).fetchall()
    lines = [f"{key} /api/v1/recharges/{identifier}" for key, identifier in rows]
    _write(people, What.RECHARGE, lines)


def _write(people: People, what: What, lines: list[str]) -> None:
    file = people.reading(what)
    file.touch(mode=0o600)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
