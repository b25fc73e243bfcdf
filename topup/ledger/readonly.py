"""Django models over tables that only the door writes: saving or deleting one raises.

PostgreSQL refuses it too; this says so earlier, and in words.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models


class ReadOnlyError(TypeError):
    """Someone tried to write through a model that only reads."""


def _refuse(*_: Any, **__: Any) -> NoReturn:  # takes whatever Django's own method takes
    raise ReadOnlyError("this table is written by the ledger's door alone; see topup.ledger.door")


class ReadOnlyQuerySet(models.QuerySet[Any]):  # of any read-only model
    create = update = delete = bulk_create = bulk_update = get_or_create = update_or_create = _refuse


class ReadOnlyModel(models.Model):
    objects: ClassVar[models.Manager[Any]] = ReadOnlyQuerySet.as_manager()

    save = delete = _refuse

    class Meta:
        abstract = True
        managed = False
