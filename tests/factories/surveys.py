"""Small cycles with surveys and drafts for tests."""

from datetime import date
from itertools import count
from secrets import token_hex
from uuid import uuid4

from django.utils import timezone

from materiality.models import Cycle, Group
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
from surveys.invitations.links import secret_of
from surveys.models import Draft, SealedDraft, Survey
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.tokens import token_of
from surveys.respond.answers import open_answers
from surveys.respond.keys import key_of, lookup_of
from surveys.respond.rows import DraftInUse
from surveys.respond.sealed import insert_sealed
from tests.factories.kept import kept
from tests.factories.library import make_category, make_edition, make_issue, make_secondaries
from tests.factories.thaw import thawed

_numbers = count(1)


@kept
def make_survey_cycle(sizes: dict[str, int] | None = None, groups: tuple[str, ...] = ("users", "employees")) -> Cycle:
    """A cycle of its own edition with so many secondary issues per category, each category under one primary."""
    number = next(_numbers)
    edition = make_edition(f"survey-edition-{number}", state="superseded")
    with thawed("published_%_insert"):
        for order, (code, size) in enumerate((sizes or {"environment": 3, "society": 14}).items(), start=1):
            names = {"name_zh": f"范畴{code}", "name_en": code.capitalize()}
            primary = make_issue(make_category(edition, code, order=order, **names), f"{code.upper()}-01")
            make_secondaries(primary, size, definition_zh="释义{}", definition_en="Definition {}")
    titles = {"title_zh": "年度评估", "title_en": "Annual assessment"}
    period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
    cycle = Cycle.objects.create(code=f"survey-cycle-{number}", edition=edition, state="open", **titles, **period)
    for order, code in enumerate(groups):
        Group.objects.create(cycle=cycle, code=code, name_zh=f"群体{code}", name_en=code.capitalize(), order=order)
    return cycle


@kept
def make_survey(cycle: Cycle | None = None, **values) -> Survey:
    """A built survey, not yet open; every group rates everything unless `plans` says otherwise (None: the defaults).

    It has no ranking step unless `ranking` says so, so that paths without it are short.
    """
    code = values.pop("code", f"survey-{next(_numbers)}")
    plans = values.pop("plans", {})
    values = {"code": code, "title_zh": "重要议题问卷", "title_en": "Survey of issues", "ranking": False} | values
    return build_survey(cycle=cycle or make_survey_cycle(), values=values, plans=plans, by=None)


@kept
def make_open_survey(cycle: Cycle | None = None, **values) -> Survey:
    """A survey that takes answers."""
    return open_survey(survey=make_survey(cycle, **values), by=None)


def make_draft(survey: Survey, **values) -> Draft | DraftInUse:
    """Answers in progress, nothing answered unless `ratings` says so; of an anonymous survey opened by its key."""
    if survey.anonymous:
        return _make_sealed(survey, **values)
    defaults = {
        "key": uuid4(),
        "group": values.pop("group", None) or survey.cycle.groups.first(),
        "language": "zh-hans",
        "ratings": bytes(survey.items.count()),
        "started_at": timezone.now(),
    }
    return Draft.objects.create(survey=survey, **{**defaults, **values})


def _make_sealed(survey: Survey, **values) -> DraftInUse:
    group = values.pop("group", None) or survey.cycle.groups.first()
    batch, issues = values.pop("batch", None), values.pop("issues", None)
    secret = token_of(secret_of(batch.salt), batch.pk, values["serial"]) if batch else token_hex(32)
    columns = {name: values.pop(name) for name in ("page", "saved_at", "counted") if name in values}
    channel = values.pop("channel", "link")
    values = {"ratings": bytes(survey.items.count()), "language": "zh-hans", "started_at": timezone.now()} | values
    contents = Contents(batch_id=batch and batch.pk, **values)
    questionnaire = questionnaire_of(survey.pk, survey.opened_at)
    insert_sealed(questionnaire, secret, contents, group_id=group.pk, channel=channel, issues=issues)
    SealedDraft.objects.filter(lookup=lookup_of(key_of(survey), secret)).update(**columns)
    return open_answers(secret, survey.code)
