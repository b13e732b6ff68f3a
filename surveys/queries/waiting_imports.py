"""Imports that wait for a person: their columns, or their rows, are to be confirmed."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Job
from materiality.queries.cycles import UNDER_WAY
from materiality.queries.waiting_work import WaitingWork
from surveys.models import ResponseImport

MOST = 10
_CHECKED = Q(state=ResponseImport.State.CHECKED, confirmed_at=None, summary__good__gt=0)
# The job that guessed the columns is over, and none checks the rows yet (`stage_of`: match).
_GUESSED = Q(state=ResponseImport.State.CHECKING, job__state=Job.State.DONE)


def waiting_imports() -> QuerySet[ResponseImport]:
    """Imports that were checked, with rows to store, or whose columns were guessed; oldest first."""
    return ResponseImport.objects.filter(_CHECKED | _GUESSED).order_by("created_at")


def number_waiting() -> Coalesce:
    """How many imports of a survey wait, to be read with the survey."""
    of_survey = waiting_imports().filter(survey=OuterRef("pk")).order_by().values("survey")
    return Coalesce(Subquery(of_survey.annotate(number=Count("pk")).values("number")), 0)


def imports_to_confirm() -> list[WaitingWork]:
    """The oldest ten of the cycles under way (one query)."""
    found = waiting_imports().filter(survey__cycle__state__in=UNDER_WAY).select_related("survey__cycle")
    rows = found.only("file_name", "state", "created_at", "survey__code", "survey__cycle__code")[:MOST]
    return [
        WaitingWork(
            imported.file_name,
            _("its rows wait to be confirmed")
            if imported.state == ResponseImport.State.CHECKED
            else _("its columns wait to be confirmed"),
            reverse("response_import", args=[imported.survey.cycle.code, imported.pk]),
            imported.created_at,
        )
        for imported in rows
    ]
