"""Addresses of spreadsheet pages, which stand below a cycle or by themselves."""

from django import template
from django.urls import reverse

from materiality.models import Cycle
from materiality.resources.kinds import Kind

register = template.Library()


@register.simple_tag
def sheet_url(page: str, kind: Kind | str, cycle: Cycle | None = None, suffix: str = "") -> str:
    """`{% sheet_url "export" kind cycle "xlsx" %}`: the page `new`, `export` or `template` of a kind."""
    name = kind if isinstance(kind, str) else kind.name
    belongs = [cycle.code] if cycle else []
    prefix = "cycle_sheet" if cycle else "sheet"
    return reverse(f"{prefix}_{page}", args=[*belongs, name, *([suffix] if suffix else [])])
