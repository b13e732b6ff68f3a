"""The facts of a survey that a reader of its responses needs."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.exports.selection import Selection
from surveys.models import Survey


def fact_rows(selection: Selection) -> Iterator[list[str]]:
    """Rows of the codebook: name and label of a fact, its value under `values_zh` and `values_en`."""
    survey = selection.survey
    labels = {language: _labels(language) for language in ("zh-hans", "en")}
    for name, (chinese, english) in _facts(selection, survey).items():
        yield ["fact", name, "", labels["zh-hans"][name], labels["en"][name], "", "", "", chinese, english, ""]


def _facts(selection: Selection, survey: Survey) -> dict[str, tuple[str, str]]:
    def same(value: object) -> tuple[str, str]:
        return str(value), str(value)

    def moment(value) -> tuple[str, str]:
        return same(value.astimezone(selection.zone).isoformat(" ", "minutes") if value else "")

    return {
        "organisation": (settings.ORGANISATION["zh-hans"], settings.ORGANISATION["en"]),
        "cycle": (survey.cycle.title_zh or survey.cycle.title_en, survey.cycle.title_en or survey.cycle.title_zh),
        "survey": same(survey.code),
        "title": (survey.title_zh or survey.title_en, survey.title_en or survey.title_zh),
        "edition": same(survey.cycle.edition.code),
        "scale": same(f"1–{survey.k}"),
        "items": same(len(selection.items)),
        "split": same("yes" if survey.split else "no"),
        "anonymous": same("yes" if survey.anonymous else "no"),
        "zone": same(survey.zone),
        "opened": moment(survey.opened_at or survey.opens_at),
        "closes": moment(survey.closes_at),
        "groups": same("; ".join(selection.groups) or "*"),
        "responses": same(selection.responses().count()),
        "rules_version": same(survey.rules_version),
        "filled_fields": same("; ".join(sorted(selection.leaving))),
    }


def _labels(language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "organisation": _("Organisation"),
            "cycle": _("Cycle"),
            "survey": _("Code of the survey"),
            "title": _("Survey"),
            "edition": _("Edition of the issue library"),
            "scale": _("Scale of the ratings"),
            "items": _("Ratings asked for in the full questionnaire"),
            "split": _("Each respondent is asked a drawn part"),
            "anonymous": _("Anonymous survey"),
            "zone": _("Time zone"),
            "opened": _("Opened"),
            "closes": _("Closes"),
            "groups": _("Groups in this file (* = all)"),
            "responses": _("Responses in this file"),
            "rules_version": _("Version of the screening rules"),
            "filled_fields": _("Fields that are filled"),
        }
