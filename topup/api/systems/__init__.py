"""The calls of the systems that sellers used before, by their own paths, field names and envelopes.

Each module is a table from the calls that one system documented to those of `topup/api`; none has a
rule of its own, and none reads or moves money by itself.
"""
