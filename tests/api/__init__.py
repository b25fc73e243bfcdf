"""The HTTP API, held to its contract with real requests to a real server."""
