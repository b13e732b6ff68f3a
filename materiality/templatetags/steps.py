"""The steps of a cycle as its navigation."""

from django import template

from materiality.models import Cycle
from materiality.steps import standings

register = template.Library()


@register.simple_tag
def cycle_steps(cycle: Cycle, current: str) -> list[dict]:
    """Each step with where it stands; `current` is the key of the page's own step."""
    return [{"step": step, "standing": standing, "current": step.key == current} for step, standing in standings(cycle)]
