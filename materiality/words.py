"""What actions, kinds of jobs, flags and tiers are called on pages; every app adds words of its own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

_words: dict[str, Words] = {
    "action": {
        "load_library": _("loaded the library %(object)s"),
        "open_cycle": _("opened the cycle %(object)s"),
        "edit_cycle": _("changed the details of cycle %(object)s"),
        "close_cycle": _("closed the cycle %(object)s"),
        "save_group": _("saved the group %(object)s"),
        "remove_group": _("removed the group %(object)s"),
        "save_point": _("wrote into a stakeholder list: %(object)s"),
        "remove_point": _("removed from a stakeholder list: %(object)s"),
        "move_point": _("moved in a stakeholder list: %(object)s"),
        "load_demo_stakeholders": _("loaded sample stakeholder lists into cycle %(object)s"),
        "save_engagement": _("saved the engagement record %(object)s"),
        "remove_engagement": _("removed the engagement record %(object)s"),
        "add_attachment": _("attached a file to the engagement record %(object)s"),
        "remove_attachment": _("removed a file from the engagement record %(object)s"),
        "propose": _("proposed for the library: %(object)s"),
        "decide_proposal": _("decided on the proposal %(object)s"),
        "import_proposals": _("imported proposals, the first being %(object)s"),
        "set_calendar": _("changed the calendar of reviews and surveys"),
        "remind": _("reminded staff of what is due on %(object)s"),
        "set_method": _("changed the method of cycle %(object)s"),
        "score_cycle": _("made a scoring run"),
    },
    "job": {"score": _("Computing scores")},
    "flag": {
        "incomplete": _("Incomplete"),
        "straight_line": _("Straight line"),
        "speeding": _("Too fast"),
        "duplicate": _("Duplicate"),
        "out_of_window": _("Outside the dates"),
        "no_consent": _("No consent"),
        "attention": _("Attention"),
    },
    "tier": {
        "high": pgettext_lazy("tier", "High"),
        "medium": pgettext_lazy("tier", "Medium"),
        "low": pgettext_lazy("tier", "Low"),
        "double": pgettext_lazy("tier", "Both impacts"),
        "impact": pgettext_lazy("tier", "Society only"),
        "financial": pgettext_lazy("tier", "Business only"),
        "neither": pgettext_lazy("tier", "Neither"),
        "unscored": pgettext_lazy("tier", "Not scored"),
    },
    "parameter": {
        "weighting": _("How groups are put together"),
        "min_n": _("Smallest number of ratings"),
        "all_groups": _("Every group needed"),
        "lam": _("Share of society (λ)"),
        "rule": _("Rule"),
        "cuts": _("Cut by"),
        "q_high": _("Top share"),
        "q_low": _("Bottom share"),
        "cut_high": _("High from"),
        "cut_low": _("Low below"),
        "threshold_society": _("Threshold for impact on society"),
        "threshold_business": _("Threshold for impact on business"),
        "material": _("Tiers that are material"),
        "seed": _("Seed"),
        "weight_society": _("Weight for impact on society"),
        "weight_business": _("Weight for impact on business"),
    },
    "choice": {
        "balanced": _("balanced"),
        "by_response": _("pooled, every answer alike"),
        "priority": _("by priority"),
        "either": _("by either dimension"),
        "shares": _("shares of the issues"),
        "absolute": _("fixed cut points"),
    },
    "cut": {
        "high": _("High from"),
        "low": _("Low below"),
        "society": _("Threshold for impact on society"),
        "business": _("Threshold for impact on business"),
    },
    "dimension": {
        "society": _("Impact on society"),
        "business": _("Impact on business"),
    },
}


def add_words(about: str, words: Words) -> None:
    """Add words about "action", "job" or another of the subjects above.

    An action's words follow a person's name and may hold %(object)s.
    """
    _words.setdefault(about, {}).update(words)


def word_for(about: str, name: str) -> str:
    """The word for `name` in the active language; the name itself, readable, where nobody gave one."""
    return str(_words.get(about, {}).get(name) or name.replace("_", " "))


def word_or_none(about: str, name: str) -> str | None:
    """The word for `name` in the active language, None where nobody gave one."""
    found = _words.get(about, {}).get(name)
    return None if found is None else str(found)


def names_about(about: str) -> list[str]:
    """Everything that has a word."""
    return list(_words.get(about, {}))


def action_sentence(action: str, object_text: str) -> str:
    """What an audit event says after the person's name."""
    known = _words["action"].get(action)
    return str(known) % {"object": object_text} if known else f"{action.replace('_', ' ')}: {object_text}"
