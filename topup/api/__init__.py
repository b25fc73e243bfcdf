"""The HTTP API for sellers and staff: parse, one domain call, answer."""
