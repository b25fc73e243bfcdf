"""Restoring: backups as people take and restore them, and what is there afterwards."""
