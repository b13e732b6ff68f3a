"""What stands against the settings of a split questionnaire and its attention question, in sentences."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def split_reasons(
    issues: Collection[str],
    *,
    k: int,
    split: bool,
    split_issues: int,
    core: Sequence[str],
    attention: bool,
    attention_value: int,
) -> list[str]:
    """Every reason why a survey about these issues (codes) on the scale 1..k cannot have these settings."""
    reasons = []
    unknown = [code for code in core if code not in issues]
    if unknown:
        reasons.append(_("The survey does not ask about %(codes)s.") % {"codes": ", ".join(unknown[:10])})
    if split and split_issues < 1:
        reasons.append(_("Each respondent must get at least one issue."))
    elif split and len(core) > split_issues:
        said = ngettext(
            "The core holds %(core)s issues, but each respondent gets %(number)s issue.",
            "The core holds %(core)s issues, but each respondent gets %(number)s issues.",
            split_issues,
        )
        reasons.append(said % {"core": len(core), "number": split_issues})
    if attention and not 1 <= attention_value <= k:
        reasons.append(
            _("The attention question asks for %(value)s, which is not on the scale 1–%(k)s.")
            % {"value": attention_value, "k": k}
        )
    return reasons
