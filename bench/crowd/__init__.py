"""The load test's parts: a crowd of Locust users on one server, and what came of it.

`bench/locustfile.py` is what a user does, `bench/load_test.py` the order of a run. Only the former
imports Locust, which is installed by `make load` alone.
"""
