"""The embedded server and the commands that start, watch and check an installation."""
