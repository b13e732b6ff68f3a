"""What a column of a foreign file can be, with a name that people read."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.matching.asked import Asked
from surveys.matching.match import ATTENTION, FIELDS


def listed_targets(asked: Asked) -> list[tuple[str, str]]:
    """(text, label) of every target, issues and questions in both languages, to be found by either."""
    return [(text, " / ".join(dict.fromkeys(filter(None, names)))) for text, names in _named(asked).items()]


def target_labels(asked: Asked) -> dict[str, str]:
    """The label of every target's text, in the active language."""
    place = 1 if (get_language() or "").startswith("en") else 0
    labels = {text: names[place] or names[1 - place] for text, names in _named(asked).items()}
    dimensions = {"society": _("Society"), "business": _("Business")}
    for code, dimension in asked.items:
        text = f"{code}:{dimension}"
        labels[text] = " · ".join(filter(None, (labels[text], dimensions[dimension])))
    return labels


def _named(asked: Asked) -> dict[str, tuple[str, str]]:
    """(zh, en) per target; of fields both are in the active language."""
    fields = field_labels()
    named = {name: (fields[name], fields[name]) for name in FIELDS}
    named[ATTENTION] = (_("attention question"), _("attention question"))
    for each in asked.questions:
        named[f"profile:{each.code}"] = (each.zh, each.en)
        if each.kind == "multiple":
            named |= {f"profile:{each.code}:{code}": (zh, en) for code, zh, en in each.options}
    issues = {issue.code: (issue.zh, issue.en) for issue in asked.issues}
    return named | {f"{code}:{dimension}": issues.get(code, ("", "")) for code, dimension in asked.items}


def field_labels() -> dict[str, str]:
    """The fields of a response as people call them, in the active language."""
    return {
        "token": _("Number or token of the response"),
        "group": _("Stakeholder group"),
        "channel": _("Channel it came by"),
        "language": _("Language"),
        "started_at": _("Begun"),
        "submitted_at": _("Time of submission"),
        "consent": _("Consent"),
        "comment": _("Comment"),
        "duration": _("Time taken"),
        "finished": _("Whether it is complete"),
    }
