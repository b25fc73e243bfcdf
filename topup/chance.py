"""Random numbers that nobody has to be kept from guessing: the tails of ids, the ids of requests.

Owns one generator for each process, seeded by the system, and anew in a forked child: a call of the system
for each number would cost a sale as much as its hash does. What is secret comes from `secrets`.
"""

import os
from random import Random

_random = Random()  # noqa: S311  # see above
os.register_at_fork(after_in_child=_random.seed)

bits = _random.getrandbits
"""A number of so many random bits."""
