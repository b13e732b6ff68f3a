"""Every word of the matrix, in the active language."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from materiality.bilingual import is_chinese
from materiality.scoring.tier_names import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, NEITHER, UNSCORED
from materiality.words import word_for
from reports.matrix import Texts
from reports.queries.matrix import MatrixData

TIERS = (HIGH, MEDIUM, LOW, DOUBLE, IMPACT, FINANCIAL, NEITHER, UNSCORED)


@dataclass(frozen=True)
class Named:
    """Names that are not in the run, in the language of the picture: of the cycle and of the group shown."""

    cycle: str
    group: str = ""


def page_texts(data: MatrixData, named: Named) -> Texts:
    """Words within the picture where a page stands around it."""
    tiers = {tier: word_for("tier", tier) for tier in TIERS}
    return Texts(
        x_axis=_("Impact on the company's operations"),
        y_axis=_("Impact on society and the environment"),
        tiers=tiers,
        captions={tier: name for tier, name in tiers.items() if tier != UNSCORED},
        axis_cut=_("Axes are cut to where the issues are; they do not begin at 0."),
        side_by_side=_("Marks in the same place are set side by side."),
        empty=_("No issue has a score on both dimensions here."),
        point=_point(data),
        lang="zh-Hans" if is_chinese(get_language()) else "en",
        description=base_line(data, named),
    )


def document_texts(data: MatrixData, named: Named) -> Texts:
    """Words of a picture that stands alone: title, what is shown, what it is based on."""
    notes = (base_line(data, named), cut_line(data), weighting_line(data))
    return replace(
        page_texts(data, named),
        title=_("%(cycle)s: materiality matrix") % {"cycle": named.cycle},
        subtitle=subtitle(data, named),
        footnotes=tuple(note for note in notes if note),
    )


def subtitle(data: MatrixData, named: Named) -> str:
    """Organisation, level, filters and run."""
    level = _("primary issues") if data.options.level == "primary" else _("secondary issues")
    category = next((each.label for each in data.categories if each.code == data.options.category), "")
    organisation = settings.ORGANISATION["zh-hans" if is_chinese(get_language()) else "en"]
    run = _("run %(number)s") % {"number": data.run.number}
    return " · ".join(part for part in (organisation, level, category, named.group, run) if part)


def base_line(data: MatrixData, named: Named) -> str:
    """What the figures rest on."""
    groups = {code: found["valid"] for code, found in data.run.responses["groups"].items()}
    if data.options.group:
        number = f"{groups.get(data.options.group, 0):,}"
        return _("Scores of one group alone: %(group)s, %(count)s valid responses. Cells with n < 5 are hidden.") % {
            "group": named.group or data.options.group,
            "count": number,
        }
    number = f"{data.run.responses['valid']:,}"
    base = _("Based on %(count)s valid responses, %(groups)s groups") % {
        "count": number,
        "groups": sum(1 for valid in groups.values() if valid),
    }
    if data.options.bars and data.options.weighting == "balanced":
        return _("%(base)s; bars: 95 %% sampling error only.") % {"base": base}
    return _("%(base)s.") % {"base": base}


def cut_line(data: MatrixData) -> str:
    """The cut points in words, "" where there are none."""
    rule = data.rule
    if rule.kind == "either":
        return _("Thresholds: society %(society)s, business %(business)s.") % {
            "society": f"{rule.society:.1f}",
            "business": f"{rule.business:.1f}",
        }
    parts = []
    if rule.high is not None:
        parts.append(_("high from %(cut)s") % {"cut": f"{rule.high:.1f}"})
    if rule.low is not None:
        parts.append(_("low below %(cut)s") % {"cut": f"{rule.low:.1f}"})
    if not parts:
        return ""
    weights = {"lam": f"{100 * rule.lam:.0f}", "rest": f"{100 - 100 * rule.lam:.0f}"}
    priority = _("Priority = %(lam)s %% society + %(rest)s %% business") % weights
    return _("%(priority)s; %(cuts)s.") % {"priority": priority, "cuts": pgettext("between clauses", ", ").join(parts)}


def weighting_line(data: MatrixData) -> str:
    """How the groups count."""
    if data.options.group:
        return ""
    if data.options.weighting == "pooled" or data.run.method["weighting"] == "by_response":
        return _("Pooled: every response counts alike.")
    return _("Balanced: the groups count by their weights, whatever their size.")


def _point(data: MatrixData) -> str:
    """Pattern of a point's accessible name."""
    if data.options.group or data.options.weighting == "pooled":
        return _("{label}: society {y}, business {x}, priority {priority}, {tier}, n {n}")
    if not data.has_numbers:
        return _(
            "{label}: society {y} ({y_low}–{y_high}), business {x} ({x_low}–{x_high}), priority {priority}, "
            "rank {rank}, {tier}"
        )
    return _(
        "{label}: society {y} ({y_low}–{y_high}), business {x} ({x_low}–{x_high}), priority {priority}, "
        "rank {rank}, {tier}, n {n}"
    )
