"""The cycle that an address names."""

from django.shortcuts import get_object_or_404

from materiality.models import Cycle


def cycle_of(code: str) -> Cycle:
    """The cycle with its edition; the page "not found" where there is none."""
    return get_object_or_404(Cycle.objects.select_related("edition"), code=code)
