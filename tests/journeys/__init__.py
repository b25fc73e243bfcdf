"""What sellers and staff do from end to end, many at once, and what the books say afterwards."""
