"""Enter what somebody answered on paper, the first or the second time."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.actions.store_sheet import store_sheet
from surveys.models import PaperSheet
from surveys.paper.entry import Entry, differences
from surveys.paper.stored_entries import entry_of
from surveys.paper.taking import locked_sheet

STATE = PaperSheet.State


@transaction.atomic
def enter_sheet(*, sheet: PaperSheet, entry: Entry, time: int, by: User | None) -> PaperSheet:
    """Keep one of the two entries (`time` 1 or 2); two that are the same are stored at once, others wait to be
    compared.

    NotAllowed where somebody else was faster (the sheet is beyond that time) or the survey takes no more answers.
    """
    sheet = locked_sheet(sheet)
    expected = {STATE.PRINTED: 1, STATE.ENTERED: 2}.get(sheet.state)
    if expected != time:
        raise NotAllowed(_("Somebody else has entered this sheet in the meantime."))
    name = "first" if time == 1 else "second"
    setattr(sheet, name, entry.ratings)
    setattr(sheet, f"{name}_profile", dict(entry.profile))
    setattr(sheet, f"{name}_comment", entry.comment)
    setattr(sheet, f"{name}_by", by)
    same = time == 2 and not differences(entry_of(sheet, "first"), entry)
    sheet.state = STATE.DIFFERS if time == 2 and not same else STATE.ENTERED
    sheet.save()
    if same:
        return store_sheet(sheet=sheet, entry=entry, by=by)
    audit.record("enter_sheet", sheet, by=by, after={"time": time, "state": sheet.state})
    return sheet
