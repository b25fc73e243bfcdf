"""The staff console: Django's admin over what there is."""
