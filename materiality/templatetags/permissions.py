"""What the reader may do, asked in templates."""

from django import template

from materiality import permissions

register = template.Library()


@register.filter
def allowed(person: permissions.Person, to: str) -> bool:
    """`{% if user|allowed:"see_audit" %}`: whether the predicate `can_see_audit` holds."""
    return getattr(permissions, f"can_{to}")(person)
