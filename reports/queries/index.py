"""The content index of a cycle: its material topics, what is decided, and what it claims, in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from materiality.models import Cycle, Issue, IssueMapping, IssueScore, Run
from materiality.platform.bilingual import is_chinese
from reports.gri.index import Decision, OutlineRow, Topic
from reports.models import ContentIndex, IndexDecision
from reports.queries.outline import GRI


def newest_run(cycle: Cycle) -> Run | None:
    return cycle.runs.defer("cube").order_by("-number").first()


def material_topics(cycle: Cycle, rows: Iterable[OutlineRow], run: Run | None = None) -> list[Topic]:
    """The material issues of the run (the newest unless one is given), joined under their primary issues, each with the
    disclosures that they are mapped to. Without a run, those of the issues that the outline names.
    """
    run = run or newest_run(cycle)
    named = {code for row in rows for code in row.issues}
    issues = Issue.objects.filter(edition_id=cycle.edition_id).select_related("parent")
    if run:
        scores = IssueScore.objects.filter(run=run, material=True, derived=False)
        issues = issues.filter(pk__in=scores.values("issue"))
    else:
        issues = issues.filter(code__in=named)
    return _joined(issues.order_by("category__order", "code"), cycle.gri_edition)


def _joined(issues: Iterable[Issue], edition: str) -> list[Topic]:
    mapped: dict[str, list[str]] = defaultdict(list)
    under: dict[str, list[Issue]] = {}
    for issue in issues:
        under.setdefault((issue.parent or issue).code, []).append(issue)
    codes = {issue.pk: issue.code for group in under.values() for issue in group}
    found = IssueMapping.objects.filter(issue__in=codes, disclosure__framework__code=GRI).filter(
        disclosure__framework__edition=edition
    )
    for issue, code, year in found.order_by("disclosure__order").values_list(
        "issue", "disclosure__code", "disclosure__standard_year"
    ):
        mapped[codes[issue]].append(f"{code}@{year}")
    topics = []
    for code, group in under.items():
        head = group[0].parent or group[0]
        identities = dict.fromkeys(identity for issue in group for identity in mapped[issue.code])
        names = {"name_zh": head.name_zh, "name_en": head.name_en}
        topics.append(Topic(code, **names, issues=(code, *(i.code for i in group)), identities=tuple(identities)))
    return topics


def stored_decisions(cycle: Cycle) -> list[Decision]:
    """What is decided of disclosures, by identity."""
    rows = IndexDecision.objects.filter(cycle=cycle).select_related("decided_by")
    return [
        Decision(row.identity, row.state, row.requirement, row.reason, row.explanation, str(row.decided_by or ""))
        for row in rows
    ]


def statement_of_use(claim: str, organisation: str, start: date, end: date) -> str:
    """The sentence that GRI 1 (2021) or GRI 101 (2016) asks for; "" without a claim."""
    named = {"organisation": organisation, "period": period_words(start, end)}
    claims = ContentIndex.Claim
    sentences = {
        claims.ACCORDANCE: _(
            "%(organisation)s has reported in accordance with the GRI Standards for the period %(period)s."
        ),
        claims.REFERENCE: _(
            "%(organisation)s has reported the information cited in this GRI content index for the period %(period)s"
            " with reference to the GRI Standards."
        ),
        claims.CORE: _("This report has been prepared in accordance with the GRI Standards: Core option."),
        claims.COMPREHENSIVE: _(
            "This report has been prepared in accordance with the GRI Standards: Comprehensive option."
        ),
        claims.REFERENCED: _("This material references disclosures of the GRI Standards for the period %(period)s."),
    }
    return sentences[claim] % named if claim in sentences else ""


def period_words(start: date, end: date) -> str:
    """`1 January 2026 to 31 December 2026`."""
    form = "Y年n月j日" if is_chinese() else "j F Y"
    days = {"start": date_format(start, form), "end": date_format(end, form)}
    return _("%(start)s to %(end)s") % days


def mapped_issues(cycle: Cycle, codes: Sequence[str]) -> dict[str, list[str]]:
    """Issue -> identities of the cycle's GRI edition that it is mapped to."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = IssueMapping.objects.filter(
        Q(issue__edition_id=cycle.edition_id, issue__code__in=codes),
        disclosure__framework__code=GRI,
        disclosure__framework__edition=cycle.gri_edition,
    )
    for issue, code, year in rows.order_by("disclosure__order").values_list(
        "issue__code", "disclosure__code", "disclosure__standard_year"
    ):
        found[issue].append(f"{code}@{year}")
    return found
