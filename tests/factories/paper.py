"""Paper sheets for tests."""

from surveys.actions.paper import print_sheets
from surveys.models import PaperSheet, ProfileQuestion, Survey
from surveys.paper.entry import asked_positions
from surveys.paper.sheets import open_sheet
from surveys.questionnaire.contents import Contents


def make_sheets(survey: Survey, number: int = 1, **values) -> list[PaperSheet]:
    """Sheets printed for the survey's first group; the job is not run."""
    group = values.pop("group", None) or survey.cycle.groups.first()
    chosen = {"language": "both", "definitions": True, "by": None, "send": False, **values}
    job = print_sheets(survey=survey, group=group, number=number, **chosen)
    numbers = {"number__gte": job.inputs["first"], "number__lte": job.inputs["last"]}
    found = PaperSheet.objects.filter(survey=survey, **numbers).select_related("survey__cycle", "group")
    return [open_sheet(sheet) for sheet in found]


def answers_to(sheet: PaperSheet, *codes: int, profile: dict | None = None, comment: str = "") -> Contents:
    """An entry of a sheet; ratings that are not given repeat 1..k, so that no line is straight."""
    ratings = bytearray(sheet.asked)
    for order, place in enumerate(asked_positions(sheet.asked)):
        ratings[place] = codes[order] if order < len(codes) else order % sheet.survey.k + 1
    return Contents(bytes(ratings), comment, profile or {})


def make_question(survey: Survey, code: str = "age", kind: str = "single", **values) -> ProfileQuestion:
    """A profile question with two options."""
    options = [{"code": "a", "zh": "甲", "en": "Alpha"}, {"code": "b", "zh": "乙", "en": "Beta"}]
    defaults = {"text_zh": f"问{code}", "text_en": f"Ask {code}", "options": [] if kind == "text" else options}
    position = survey.profile_questions.count()
    return ProfileQuestion.objects.create(survey=survey, position=position, code=code, kind=kind, **defaults | values)
