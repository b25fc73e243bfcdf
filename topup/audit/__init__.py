"""The audit log: who did what, when, why, and what was different afterwards. Rows are only ever added."""
