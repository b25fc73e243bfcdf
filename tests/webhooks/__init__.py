"""Webhooks: what sellers are told, by whom, how often, and where it may be sent."""
