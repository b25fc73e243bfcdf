"""A product that has sold for long: whole sellers with whole books, made past the door, and what they cost.

Owns how they are made (by COPY, with the product's own hashes, so that every book proves itself) and what is
measured with them there: speed, and bytes on disk a recharge.
"""
