"""What a page tells of a decision: a message to who took it, and a line in the history of the row."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from topup.console.admin.base import StaffRequest


def record(request: StaffRequest, model: type[Model], object_id: str, said: str) -> None:
    """A line in the history; `said` is a sentence."""
    LogEntry.objects.create(
        user_id=request.user.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_id=object_id,
        object_repr=f"{model._meta.verbose_name} {object_id}",
        action_flag=CHANGE,
        change_message=said,
    )
