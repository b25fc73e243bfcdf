"""What a user would otherwise build: the brief's own design as a small Django project of its own.

Django REST framework and the ORM, `select_for_update` on the seller's row, one transaction a request, keys by
`rest_framework.authtoken`, gunicorn. It is written as well as that design allows, to be measured beside the
product on the same PostgreSQL, and is never installed with it. It promises less: no idempotency key, no
limits, no holds, no hash chain. Nothing here may import the product.
"""
