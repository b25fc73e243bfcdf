"""The tests that the five systems of before asked for, at their size, by threads and by processes."""
