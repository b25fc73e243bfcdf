"""Every order in which the statements of two or three transactions can reach the database."""
