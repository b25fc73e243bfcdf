"""Upgrading: what earlier versions wrote, read and served by this one."""
