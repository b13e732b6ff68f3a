"""Rows of paper sheets: of an anonymous survey what is asked and entered is sealed as long as it is kept."""

import logging

from django.utils.translation import gettext as _

from materiality.platform.keys import CannotOpen, seal, unseal
from materiality.platform.refusals import NotAllowed
from surveys.models import PaperSheet
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.contents import Contents, pack, unpack
from surveys.respond.keys import key_of, key_of_sheets

log = logging.getLogger(__name__)
_ENTRIES = ("first", "second")


def seal_sheet(sheet: PaperSheet) -> PaperSheet:
    """Before it is stored: of an anonymous survey what was asked and entered goes into `sealed`, in one length."""
    survey = sheet.survey
    if survey.anonymous:
        size = questionnaire_of(survey.pk, survey.opened_at).sealed_size
        packed = [pack(entry_of(sheet, name), size) for name in _ENTRIES]
        sealed = seal(key_of_sheets(key_of(survey)), b"".join([bytes(sheet.asked), *packed]), _about(sheet))
        empty_sheet(sheet)
        sheet.sealed = sealed
    return sheet


def open_sheet(sheet: PaperSheet) -> PaperSheet:
    """After it was read: what was sealed stands in its columns again. NotAllowed where it is damaged, KeyMissing."""
    if sheet.sealed:
        survey = sheet.survey
        plain = _unsealed(sheet)
        # As long as it was when it was sealed, which an earlier version may have done.
        items = questionnaire_of(survey.pk, survey.opened_at).items
        size = (len(plain) - items) // len(_ENTRIES)
        sheet.asked = plain[:items]
        for place, name in enumerate(_ENTRIES):
            held = unpack(plain[items + place * size :][:size])
            setattr(sheet, name, held.ratings)
            setattr(sheet, f"{name}_profile", held.profile)
            setattr(sheet, f"{name}_comment", held.comment)
    return sheet


def _unsealed(sheet: PaperSheet) -> bytes:
    try:
        return unseal(key_of_sheets(key_of(sheet.survey)), bytes(sheet.sealed), _about(sheet))
    except CannotOpen as problem:
        log.error("sheet %s of survey %s cannot be opened: its row is damaged", sheet.number, sheet.survey.code)
        raise NotAllowed(
            _(
                "What is stored of sheet %(number)s is damaged and cannot be read. Print a new sheet for this group "
                "and copy the answers onto it."
            )
            % {"number": f"{sheet.number:04}"}
        ) from problem


def empty_sheet(sheet: PaperSheet) -> None:
    """Take out of its columns what was asked and entered."""
    sheet.asked = sheet.sealed = b""
    for name in _ENTRIES:
        setattr(sheet, name, b"")
        setattr(sheet, f"{name}_profile", {})
        setattr(sheet, f"{name}_comment", "")


def _about(sheet: PaperSheet) -> bytes:
    return f"{sheet.survey_id}/{sheet.number}".encode()


def entry_of(sheet: PaperSheet, name: str) -> Contents:
    """The entry `first` or `second`: what was typed, a byte per item, comment, profile answers."""
    profile = dict(getattr(sheet, f"{name}_profile") or {})
    return Contents(bytes(getattr(sheet, name)), getattr(sheet, f"{name}_comment"), profile)
