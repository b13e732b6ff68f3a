"""The survey that an address of the staff pages names."""

from django.shortcuts import get_object_or_404

from surveys.models import Survey


def survey_of(code: str, survey: str) -> Survey:
    """The survey of the cycle `code` with its cycle and edition; the page "not found" where there is none."""
    return get_object_or_404(Survey.objects.select_related("cycle__edition"), cycle__code=code, code=survey)


def in_cycle(cycle, step: str, **more) -> dict:
    """What every page of a cycle's step hands to its template."""
    return {"cycle": cycle, "step": step, "section": "cycles", **more}
