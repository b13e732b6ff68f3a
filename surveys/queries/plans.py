"""What each group of a survey is asked, as it is stored and as it follows from the rest."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Category, Group, Issue
from materiality.platform.refusals import NotAllowed
from materiality.queries.stakeholders import IssueChoice
from materiality.scoring.cube import DIMENSIONS
from surveys.matching.match import ATTENTION, BY_GROUP, FIELDS, Asked
from surveys.models import Batch, GroupPlan, Item, Survey
from surveys.questionnaire.asking import QUESTION_KINDS, Effort, Plan, issues_each


@dataclass
class PrimaryTicks:
    """The issues under one primary; None where the survey asks about primaries themselves."""

    primary: Issue | None
    ticks: list[IssueChoice] = field(default_factory=list)


@dataclass
class CategoryTicks:
    """A category with its issues by primary."""

    category: Category
    primaries: list[PrimaryTicks] = field(default_factory=list)

    @property
    def ticks(self) -> list[IssueChoice]:
        return [tick for primary in self.primaries for tick in primary.ticks]

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(tick.chosen for tick in self.ticks)


def issue_ticks(issues: list[Issue], chosen: Collection[str]) -> list[CategoryTicks]:
    """The issues (with category and parent) in order of categories; `chosen` are codes."""
    categories: dict[int, CategoryTicks] = {}
    for issue in sorted(issues, key=lambda issue: (issue.category.order, issue.category.code)):
        held = categories.setdefault(issue.category_id, CategoryTicks(issue.category))
        if not held.primaries or held.primaries[-1].primary != issue.parent:
            held.primaries.append(PrimaryTicks(issue.parent))
        held.primaries[-1].ticks.append(IssueChoice(issue, issue.code in chosen))
    return list(categories.values())


MOST_NAMED = 20


def named_survey(code: str) -> Survey:
    """The survey with this code. NotAllowed names the others."""
    found = Survey.objects.select_related("cycle").filter(code=code).first()
    if found is None:
        codes = Survey.objects.order_by("code").values_list("code", flat=True)
        raise NotAllowed(f'There is no survey with the code "{code}". {_listed("surveys", codes)}')
    return found


def named_group(survey: Survey, code: str) -> Group:
    """The group of the survey's cycle with this code. NotAllowed names the others."""
    found = survey.cycle.groups.filter(code=code).first()
    if found is None:
        codes = survey.cycle.groups.values_list("code", flat=True)
        raise NotAllowed(f'The survey {survey.code} has no group "{code}". {_listed("groups", codes)}')
    return found


def named_batch(text: str) -> Batch:
    """The batch with this id. NotAllowed names the others, newest first."""
    batches = Batch.objects.select_related("survey", "group")
    found = batches.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
    if found is None:
        newest = batches.order_by("-pk")[: MOST_NAMED + 1]
        shown = [f"{batch.pk} ({batch.survey.code}, {batch.group.code}, {batch.size:,} links)" for batch in newest]
        raise NotAllowed(f'There is no batch "{text}". {_listed("batches", shown)}')
    return found


def _listed(what: str, names: Iterable[str]) -> str:
    names = list(names)
    if not names:
        return f"There are no {what} yet."
    more = ", …" if len(names) > MOST_NAMED else ""
    return f"There are: {', '.join(names[:MOST_NAMED])}{more}."


@dataclass(frozen=True)
class PlannedGroup:
    """A group with its plan. `stored` is False where no plan was made: it is asked everything.

    `issues` are the codes that it rates, `expected` the responses expected of it (0 = unknown), `each` how many of
    the issues each of its respondents gets.
    """

    group: Group
    plan: Plan
    stored: bool
    issues: list[str]
    expected: int
    each: int

    def lacking(self, codes: Collection[str]) -> set[tuple[str, str]]:
        """The (issue, dimension) that the group is not asked."""
        left_out = set(codes) - self.asked_codes
        return {(code, each) for each in DIMENSIONS for code in (left_out if getattr(self.plan, each) else codes)}

    @cached_property
    def asked_codes(self) -> set[str]:
        return set(self.issues)

    @property
    def questions(self) -> int:
        """Ratings that each respondent is asked for."""
        return self.each * len(self.plan.dimensions)


def survey_issues(survey: Survey) -> list[Issue]:
    """The survey's issues with category and primary, in the order of their first items."""
    items = Item.objects.filter(survey=survey).select_related("issue__category", "issue__parent")
    return list({item.issue_id: item.issue for item in items.order_by("position")}.values())


def survey_codes(survey: Survey) -> list[str]:
    """Codes of the survey's issues, in the order of their first items."""
    return list(dict.fromkeys(survey.items.order_by("position").values_list("issue__code", flat=True)))


def raters_of(issues: list[Issue]) -> dict[str, list[str]]:
    """Per issue (code) the groups that can rate it, as the library says."""
    return {issue.code: issue.groups for issue in issues}


def plan_of(row: GroupPlan | None) -> Plan:
    """The values of a stored plan; everything where there is none."""
    return row.plan if row else Plan()


def planned_groups(survey: Survey, codes: list[str]) -> list[PlannedGroup]:
    """All groups of the cycle in order; `codes` are the survey's issues. Needs `survey.cycle`; two queries."""
    stored = {row.group_id: row for row in GroupPlan.objects.filter(survey=survey)}
    return [planned(survey, codes, group, stored.get(group.pk)) for group in survey.cycle.groups.all()]


def efforts_of(survey: Survey) -> list[Effort]:
    """What answering takes the respondents of each group that is asked anything. Needs `survey.cycle`."""
    groups = planned_groups(survey, survey_codes(survey))
    others = len(survey.profile_questions.all()) + survey.attention + survey.ranking
    return [Effort(each.each, len(each.plan.dimensions), others) for each in groups if each.issues]


def planned(survey: Survey, codes: list[str], group: Group, row: GroupPlan | None) -> PlannedGroup:
    plan = plan_of(row)
    issues, expected = plan.issues(codes), plan.expected or group.target
    fixed = row.issues_each if row else None
    if survey.split and survey.opened_at and not fixed:
        # A group that came after the opening, when sizes were fixed.
        fixed = survey.split_issues
    each = min(fixed, len(issues)) if fixed else part_size(survey, len(issues), expected)
    return PlannedGroup(group, plan, row is not None, issues, expected, each)


@dataclass(frozen=True)
class IssueBase:
    """The groups that are asked some issues on a dimension, and those issues (codes)."""

    dimension: str
    groups: tuple[Group, ...]
    issues: list[str]


def issue_bases(groups: list[PlannedGroup], codes: list[str]) -> list[IssueBase]:
    """Which issues will rest on which groups, by dimension, the fewest groups first."""
    found: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for dimension in DIMENSIONS:
        asked = [(place, each.asked_codes) for place, each in enumerate(groups) if getattr(each.plan, dimension)]
        for code in codes:
            raters = tuple(place for place, asks in asked if code in asks)
            found.setdefault((dimension, raters), []).append(code)
    order = sorted(found.items(), key=lambda base: (DIMENSIONS.index(base[0][0]), len(base[0][1])))
    return [
        IssueBase(dimension, tuple(groups[place].group for place in raters), issues)
        for (dimension, raters), issues in order
    ]


@dataclass(frozen=True)
class WiderPlan:
    """What asking a group everything would buy: scores it is missing from now, of which `whole` would then rest on all
    groups; and the ratings more for each of its respondents.
    """

    planned: PlannedGroup
    missing: int
    whole: int
    ratings: int


def wider_plans(groups: list[PlannedGroup], codes: list[str]) -> list[WiderPlan]:
    """For each group that is not asked everything."""
    lacking = [each.lacking(codes) for each in groups]
    absent = Counter(pair for pairs in lacking for pair in pairs)
    result = []
    for each, missing in zip(groups, lacking, strict=True):
        if missing:
            whole = sum(absent[pair] == 1 for pair in missing)
            more = (len(codes) if each.each == len(each.issues) else each.each) * len(DIMENSIONS) - each.questions
            result.append(WiderPlan(each, len(missing), whole, more))
    return result


def part_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets: all of them unless the survey is split."""
    return split_size(survey, issues, expected) if survey.split else issues


def split_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets where the survey is split, whether or not it is."""
    return issues_each(issues, expected, survey.cycle.method.get("min_n", 5), least=survey.split_issues)


def listed_targets(asked: Asked) -> list[tuple[str, str]]:
    """(words, names) of every target, issues and questions in both languages, to be found by either."""
    words = target_words(asked)
    return [(words[text], " / ".join(dict.fromkeys(filter(None, names)))) for text, names in _named(asked).items()]


def target_words(asked: Asked) -> dict[str, str]:
    """What a page writes for each target, no two alike: `Stakeholder group`, `SOC-03-01 Data security · Society`."""
    items = {f"{code}:{dimension}": code for code, dimension in asked.items}
    words, taken = {}, set()
    for text, label in target_labels(asked).items():
        shown = f"{items[text]} {label}" if text in items else label
        words[text] = f"{shown} ({text})" if shown in taken else shown
        taken.add(shown)
    for code, _dimension in asked.items:
        words[f"{code}:{BY_GROUP}"] = f"{code} · " + _("as its group is asked")
    return words


def target_labels(asked: Asked) -> dict[str, str]:
    """The label of every target's text, in the active language."""
    place = 1 if (get_language() or "").startswith("en") else 0
    labels = {text: names[place] or names[1 - place] for text, names in _named(asked).items()}
    dimensions = dimension_labels()
    for code, dimension in asked.items:
        text = f"{code}:{dimension}"
        labels[text] = " · ".join(filter(None, (labels[text], dimensions[dimension])))
    return labels


def _named(asked: Asked) -> dict[str, tuple[str, str]]:
    """(zh, en) per target; of fields both are in the active language."""
    fields = field_labels()
    named = {name: (fields[name], fields[name]) for name in FIELDS}
    named[ATTENTION] = (_("Attention question"),) * 2
    for each in asked.questions:
        named[f"profile:{each.code}"] = (each.zh, each.en)
        if QUESTION_KINDS[each.kind].several:
            named |= {f"profile:{each.code}:{code}": (zh, en) for code, zh, en in each.options}
    issues = {issue.code: (issue.zh, issue.en) for issue in asked.issues}
    return named | {f"{code}:{dimension}": issues.get(code, ("", "")) for code, dimension in asked.items}


def dimension_labels() -> dict[str, str]:
    """The short names of the dimensions, in the active language."""
    return {"society": _("Society"), "business": _("Business")}


def field_labels() -> dict[str, str]:
    """The fields of a response as people call them, in the active language."""
    return {
        "token": _("Number of the response"),
        "group": _("Stakeholder group"),
        "channel": _("Channel it came by"),
        "language": _("Language"),
        "started_at": _("Begun"),
        "submitted_at": _("Time of submission"),
        "consent": _("Consent"),
        "comment": _("Comment"),
        "duration": _("Time taken"),
        "finished": _("Whether it is complete"),
        "trial": _("Whether it is a test"),
    }
