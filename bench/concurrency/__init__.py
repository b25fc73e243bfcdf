"""What threads, processes and asyncio tasks are each good for, measured: `python -m bench.concurrency`.

What the table means is in docs/concurrency.md.
"""
