"""A survey as one respondent of a group would get it: an example part, its pages, their HTML. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

from materiality.models import Group
from surveys.models import GroupPlan, Item, ItemText, Survey
from surveys.queries.issue_html import issue_html
from surveys.queries.plans import asked_issues, planned
from surveys.queries.questionnaire import Questionnaire, questionnaire_with
from surveys.queries.scale_pieces import pieces_of
from surveys.questionnaire.asking import blank_ratings
from surveys.questionnaire.paging import Sheet
from surveys.questionnaire.split import draw_part


@dataclass(frozen=True)
class Previewed:
    """Steps are 0 (introduction), 1..n (issues), about oneself if there are profile questions, end, thanks."""

    questionnaire: Questionnaire
    sheets: list[Sheet]
    ratings: bytes

    @property
    def steps(self) -> list[str]:
        """What stands at each step: first, issues, about, end, thanks."""
        about = ["about"] if self.questionnaire.profile else []
        return ["first", *["issues"] * len(self.sheets), *about, "end", "thanks"]


def previewed(survey: Survey, group: Group, *, split: bool, draw: int, single: bool) -> Previewed:
    """The survey as a respondent of the group gets it, `split` or full whatever it is set to.

    `draw` chooses the example part and the order of the issues; the same number gives the same ones. Needs
    `survey.cycle`.
    """
    shown = Survey(**{field.attname: getattr(survey, field.attname) for field in Survey._meta.concrete_fields})
    shown.cycle, shown.split = survey.cycle, split
    questionnaire = questionnaire_with(shown, {})
    part = _part(shown, group, questionnaire, Random(f"{group.code} {draw}"))
    dimensions = questionnaire.asked_of(group.pk).dimensions
    ratings = blank_ratings(questionnaire.positions_of, part, dimensions)
    # The number 0 keeps the order that languages and groups are compared in.
    key = sha256(b"%d" % draw).digest()[:16] if draw else bytes(16)
    return Previewed(questionnaire, questionnaire.sheets(key, ratings, single=single), ratings)


def sheet_html(survey: Survey, shown: Previewed, sheet: Sheet, language: str) -> bytes:
    """HTML of a page of issues in a language: as it was frozen, or as the library words it now."""
    questionnaire = shown.questionnaire
    codes = [questionnaire.issues[place].code for place in sheet.issues]
    html = _frozen(survey, codes, language) if survey.opened_at else _fresh(survey, codes, language)
    issues = tuple(
        replace(issue, pieces={language: pieces_of(html[issue.code])}) if issue.code in html else issue
        for issue in questionnaire.issues
    )
    return replace(questionnaire, issues=issues).issues_html(sheet, shown.ratings, None, language)


def _part(survey: Survey, group: Group, questionnaire: Questionnaire, rng: Random) -> list[int]:
    """The issues (indices) of one respondent, as drawn where nothing has been given yet."""
    codes = [issue.code for issue in questionnaire.issues]
    row = GroupPlan.objects.filter(survey=survey, group=group).first()
    asked = planned(survey, codes, group, row)
    allowed = [place for place, code in enumerate(codes) if code in set(asked.issues)]
    if not survey.split:
        return allowed
    return draw_part(
        [0] * len(codes),
        asked.each,
        primaries=questionnaire.primaries,
        core=questionnaire.core,
        allowed=allowed,
        rng=rng,
    )


def _frozen(survey: Survey, codes: Sequence[str], language: str) -> dict[str, str]:
    texts = ItemText.objects.filter(survey=survey, language=language, issue__code__in=codes)
    return dict(texts.values_list("issue__code", "html"))


def _fresh(survey: Survey, codes: Sequence[str], language: str) -> dict[str, str]:
    items: dict[str, list[Item]] = {}
    own = Item.objects.filter(survey=survey, issue__code__in=codes).select_related("issue")
    for item in own.order_by("position"):
        items.setdefault(item.issue.code, []).append(item)
    return {code: issue_html(each[0].issue, each, k=survey.k, language=language) for code, each in items.items()}


def asked_groups(survey: Survey) -> list[Group]:
    """The groups that are asked anything, in their order. Needs `survey.cycle`."""
    plans = {row.group_id: row for row in GroupPlan.objects.filter(survey=survey)}
    codes = [issue.code for issue in asked_issues(survey)]
    return [group for group in survey.cycle.groups.all() if planned(survey, codes, group, plans.get(group.pk)).issues]
