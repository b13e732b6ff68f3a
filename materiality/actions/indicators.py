"""Targets and indicators beside issues: save and remove."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality.models import Indicator, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.queries.indicators import standing_issues


@transaction.atomic
def save_indicator(*, values: Mapping[str, Any], by: User | None, indicator: Indicator | None = None) -> Indicator:
    """Add an indicator, or change one, whose issue and code stay.

    NotAllowed where the library has no such issue, the code is taken, or the target lies before the baseline.
    """
    if indicator is None:
        if values["issue"] not in {issue.code for issue in standing_issues()}:
            raise NotAllowed(_("There is no issue “%(code)s” in the library.") % {"code": values["issue"]})
        if Indicator.objects.filter(issue=values["issue"], code=values["code"]).exists():
            told = {"issue": values["issue"], "code": values["code"]}
            raise NotAllowed(_("%(issue)s has an indicator “%(code)s” already.") % told)
        row = Indicator(order=(Indicator.objects.aggregate(last=Max("order"))["last"] or 0) + 1)
    else:
        row = Indicator.objects.select_for_update().get(pk=indicator.pk)
        if (values["issue"], values["code"]) != (row.issue, row.code):
            raise NotAllowed(_("Issue and code of an indicator stay: files name it by them."))
    with audit.audited("save_indicator", row, by=by, fields=values):
        audit.write(row, values)
    return row


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: User | None) -> None:
    """Delete an indicator with its values, which the audit trail keeps."""
    removed = Indicator.objects.get(pk=indicator.pk)
    before = audit.told(removed, ("issue", "code", "values"))
    Indicator.objects.filter(pk=removed.pk).delete()
    audit.record("remove_indicator", removed, by=by, before=before)
