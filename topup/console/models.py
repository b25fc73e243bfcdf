"""What the console itself keeps: the filters that somebody saved."""

from typing import ClassVar

from django.conf import settings
from django.db import models

NAME_LENGTH = 40
PATH_LENGTH = 200
QUERY_LENGTH = 1000


class SavedFilter(models.Model):
    """A list with its filters, under a name of one's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    path = models.CharField(max_length=PATH_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="saved_filter_named_once", fields=["user", "path", "name"])
        ]

    def __str__(self) -> str:
        return self.name
