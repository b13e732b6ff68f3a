"""Say whether a survey is split, into which parts, and whether it asks an attention question."""

from collections.abc import Sequence

from django.db import transaction

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.in_draft import locked_draft
from surveys.models import Survey
from surveys.queries.plans import asked_issues
from surveys.split_reasons import split_reasons

FIELDS = ("split", "split_issues", "core", "attention", "attention_value")


@transaction.atomic
def set_split(
    *,
    survey: Survey,
    split: bool,
    split_issues: int,
    core: Sequence[str],
    attention: bool,
    attention_value: int,
    by: User | None,
) -> Survey:
    """Replace these settings; `core` are codes of issues that everybody gets who rates them, in any order.

    NotAllowed, with every reason, once the survey was opened or where the settings are impossible.
    """
    new = {name: value for name, value in locals().items() if name in FIELDS}
    stored = locked_draft(survey)
    codes = [issue.code for issue in asked_issues(stored)]
    reasons = split_reasons(set(codes), k=stored.k, **new)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    new["core"] = [code for code in codes if code in core]
    changed = [name for name in FIELDS if getattr(stored, name) != new[name]]
    before = {name: getattr(stored, name) for name in changed}
    for name in changed:
        setattr(stored, name, new[name])
    stored.save(update_fields=changed)
    audit.record("set_split", stored, by=by, before=before, after={name: new[name] for name in changed})
    return stored
