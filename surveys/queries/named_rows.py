"""Surveys, groups and batches that a command names; an unknown name is answered with those that there are."""

from collections.abc import Iterable

from materiality.models import Group
from materiality.refusals import NotAllowed
from surveys.models import Batch, Survey

MOST_NAMED = 20


def named_survey(code: str) -> Survey:
    """The survey with this code. NotAllowed names the others."""
    found = Survey.objects.select_related("cycle").filter(code=code).first()
    if found is None:
        codes = Survey.objects.order_by("code").values_list("code", flat=True)
        raise NotAllowed(f'There is no survey with the code "{code}". {_listed("surveys", codes)}')
    return found


def named_group(survey: Survey, code: str) -> Group:
    """The group of the survey's cycle with this code. NotAllowed names the others."""
    found = survey.cycle.groups.filter(code=code).first()
    if found is None:
        codes = survey.cycle.groups.values_list("code", flat=True)
        raise NotAllowed(f'The survey {survey.code} has no group "{code}". {_listed("groups", codes)}')
    return found


def named_batch(text: str) -> Batch:
    """The batch with this id. NotAllowed names the others, newest first."""
    batches = Batch.objects.select_related("survey", "group")
    found = batches.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
    if found is None:
        newest = batches.order_by("-pk")[: MOST_NAMED + 1]
        shown = [f"{batch.pk} ({batch.survey.code}, {batch.group.code}, {batch.size:,} links)" for batch in newest]
        raise NotAllowed(f'There is no batch "{text}". {_listed("batches", shown)}')
    return found


def _listed(what: str, names: Iterable[str]) -> str:
    names = list(names)
    if not names:
        return f"There are no {what} yet."
    more = ", …" if len(names) > MOST_NAMED else ""
    return f"There are: {', '.join(names[:MOST_NAMED])}{more}."
