"""Webhooks: what happened to a seller's money, told to the addresses that the seller named."""
