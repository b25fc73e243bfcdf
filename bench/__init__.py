"""How fast this product is on a machine, measured beside what that machine's PostgreSQL can do.

`python -m bench` is one run: pgbench, the product under load through HTTP, pgbench again, all on one
embedded PostgreSQL with fsync on. What the figures mean is in docs/reference/performance.md. Nothing
here is installed with the product, and nothing in the product may know of it.
"""
