"""How fast recharges go out and are settled, and what the worker and webhooks cost the sales.

`python -m bench.life`: one PostgreSQL, one run, a table in bench/results.
"""
