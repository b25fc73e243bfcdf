"""Each call that the five systems of before documented, made literally, and what it is answered with."""
