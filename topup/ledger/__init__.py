"""The ledger: every book, every movement, and the one door through which money moves."""
