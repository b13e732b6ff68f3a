"""The steps of a cycle as its navigation."""

from django import template

from materiality.models import Cycle
from materiality.steps import standings

register = template.Library()


@register.inclusion_tag("materiality/steps.html")
def cycle_steps(cycle: Cycle, current: str = "") -> dict:
    """Each step with where it stands; `current` is the key of the page's own step."""
    steps = [
        {"step": step, "standing": standing, "current": step.key == current} for step, standing in standings(cycle)
    ]
    return {"cycle": cycle, "steps": steps}
