"""Pages of the library that stand side by side."""

from django import template
from django.template import Context

from materiality.permissions import can_see_responses

register = template.Library()


@register.inclusion_tag("materiality/library_tabs.html", takes_context=True)
def library_tabs(context: Context, current: str) -> dict:
    """Issues, proposals, open answers (for those who may see them) and calendar."""
    return {"tab": current, "sees_responses": can_see_responses(context["user"])}
