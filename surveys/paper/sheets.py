"""Rows of paper sheets: of an anonymous survey what is asked and entered is sealed as long as it is kept."""

from materiality.platform.keys import seal, unseal
from surveys.models import PaperSheet
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.contents import Contents, pack, unpack
from surveys.respond.keys import key_of, key_of_sheets

_ENTRIES = ("first", "second")


def seal_sheet(sheet: PaperSheet) -> PaperSheet:
    """Before it is stored: of an anonymous survey what was asked and entered goes into `sealed`, in one length."""
    survey = sheet.survey
    if survey.anonymous:
        size = questionnaire_of(survey.pk, survey.opened_at).sealed_size
        packed = [pack(_held(sheet, name), size) for name in _ENTRIES]
        sealed = seal(key_of_sheets(key_of(survey)), b"".join([bytes(sheet.asked), *packed]), _about(sheet))
        empty_sheet(sheet)
        sheet.sealed = sealed
    return sheet


def open_sheet(sheet: PaperSheet) -> PaperSheet:
    """After it was read: what was sealed stands in its columns again. KeyMissing, CannotOpen."""
    if sheet.sealed:
        survey = sheet.survey
        plain = unseal(key_of_sheets(key_of(survey)), bytes(sheet.sealed), _about(sheet))
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


def empty_sheet(sheet: PaperSheet) -> None:
    """Take out of its columns what was asked and entered."""
    sheet.asked = sheet.sealed = b""
    for name in _ENTRIES:
        setattr(sheet, name, b"")
        setattr(sheet, f"{name}_profile", {})
        setattr(sheet, f"{name}_comment", "")


def _about(sheet: PaperSheet) -> bytes:
    return f"{sheet.survey_id}/{sheet.number}".encode()


def _held(sheet: PaperSheet, name: str) -> Contents:
    profile = dict(getattr(sheet, f"{name}_profile") or {})
    return Contents(bytes(getattr(sheet, name)), getattr(sheet, f"{name}_comment"), profile)
