"""The steps of a cycle as its navigation."""

from django import template

from materiality.models import Cycle
from materiality.steps import all_steps

register = template.Library()


@register.inclusion_tag("materiality/steps.html")
def cycle_steps(cycle: Cycle, current: str = "") -> dict:
    """Each step with where it stands; `current` is the key of the page's own step."""
    steps = [{"step": step, "standing": step.standing(cycle), "current": step.key == current} for step in all_steps()]
    return {"cycle": cycle, "steps": steps}
