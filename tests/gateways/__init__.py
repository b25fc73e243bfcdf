"""Gateways, asked as the worker asks them: each row of the simulator, each field of a configuration."""
