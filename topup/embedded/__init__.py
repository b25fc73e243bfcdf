"""The PostgreSQL server that comes with the product: found, made, started, stopped, cleaned up after.

`with running(config) as cluster:` is the whole interface for tests, benchmarks and one-off
commands; `topup up` holds a `HomeLock` and a `Cluster` itself, because it restarts the server when
it dies. Nothing here knows what the database is used for.
"""

from topup.embedded.cluster import Cluster, running
from topup.embedded.errors import ClusterError, HomeInUse
from topup.embedded.lock import Holder, HomeLock

__all__ = ["Cluster", "ClusterError", "Holder", "HomeInUse", "HomeLock", "running"]
