"""Bytes on disk a recharge: of each table that a sale writes, of each of its indexes, and of TOAST.

Owns what is counted. A size is the difference of two looks, so that what was there before does not count.
"""

from typing import NamedTuple

from tests.support.installation import Installation

SCHEMAS = ("ledger", "recharges")
# Partitions count as their table. A part is the table itself with its maps, its TOAST, or one of its indexes.
_SIZES = """
WITH RECURSIVE family AS (
  SELECT c.oid AS root, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = ANY (%s::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  UNION ALL
  SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.oid
)
SELECT f.root::regclass::text, x.part, sum(x.bytes)::bigint
  FROM family f JOIN pg_class c ON c.oid = f.oid
 CROSS JOIN LATERAL (
       SELECT 'table', pg_table_size(c.oid) - coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)
        WHERE c.relkind = 'r'
       UNION ALL SELECT 'TOAST', pg_total_relation_size(c.reltoastrelid) WHERE c.reltoastrelid <> 0
       UNION ALL
       SELECT coalesce(up.inhparent, i.indexrelid)::regclass::text, pg_relation_size(i.indexrelid)
         FROM pg_index i LEFT JOIN pg_inherits up ON up.inhrelid = i.indexrelid
        WHERE i.indrelid = c.oid AND c.relkind = 'r') x(part, bytes)
 GROUP BY 1, 2
"""

Sizes = dict[tuple[str, str], int]


class Share(NamedTuple):
    """What a part of a table takes on disk for each recharge."""

    table: str
    part: str
    bytes_per_recharge: float


def sizes(installation: Installation) -> Sizes:
    """Bytes by table and part."""
    with installation.connect("super") as connection:
        rows = connection.execute(_SIZES, [list(SCHEMAS)]).fetchall()
    return {(table, part): size for table, part, size in rows}


def shares(before: Sizes, after: Sizes, *, recharges: int) -> list[Share]:
    """What grew, the largest first."""
    grown = {key: size - before.get(key, 0) for key, size in after.items()}
    found = [Share(*key, size / recharges) for key, size in grown.items() if size > 0]
    return sorted(found, key=lambda share: -share.bytes_per_recharge)


def total(found: list[Share]) -> float:
    return sum(share.bytes_per_recharge for share in found)
