"""Pages that stand side by side: those of the library, those of a cycle's stakeholders."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.permissions import can_see_responses

register = template.Library()

# (name of the tab, name of its address, words)
_LIBRARY = (
    ("issues", "library", gettext_lazy("Issues")),
    ("editions", "editions", gettext_lazy("Editions")),
    ("coverage", "coverage", gettext_lazy("Coverage")),
    ("translations", "translations", gettext_lazy("Translations")),
    ("proposals", "proposals", gettext_lazy("Proposals")),
    ("comments", "comments", gettext_lazy("Open answers")),
    ("calendar", "review_calendar", gettext_lazy("Calendar")),
)
_STAKEHOLDERS = (
    ("groups", "groups", gettext_lazy("Groups")),
    ("table", "stakeholder_table", gettext_lazy("Stakeholder table")),
    ("engagements", "engagements", gettext_lazy("Engagement records")),
)


@register.inclusion_tag("materiality/tabs.html", takes_context=True)
def library_tabs(context: Context, current: str) -> dict:
    """The library's pages; open answers for those who may see them."""
    hidden = () if can_see_responses(context["user"]) else ("comments",)
    tabs = [(reverse(url), words, name == current) for name, url, words in _LIBRARY if name not in hidden]
    return {"label": _("Library"), "tabs": tabs}


@register.inclusion_tag("materiality/tabs.html", takes_context=True)
def stakeholder_tabs(context: Context, current: str) -> dict:
    """The cycle's groups, what they expect, and how they were engaged."""
    code = context["cycle"].code
    tabs = [(reverse(url, args=[code]), words, name == current) for name, url, words in _STAKEHOLDERS]
    return {"label": _("Stakeholders"), "tabs": tabs}
