"""What the tables of a report are made from, as plain values that are frozen with the request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from materiality.models import Cycle, Disclosure, IssueMapping, IssueScore, Run, StakeholderPoint
from materiality.platform.refusals import NotAllowed
from materiality.queries.stakeholders import cycle_points
from reports.queries.outline import FRAMEWORK_COLUMNS, outline_rows
from reports.queries.outputs import frozen_text, needed_run


@dataclass(frozen=True)
class ScoredIssue:
    """An issue of a run with what tables say of it."""

    code: str
    name: str
    definition: str
    category: str
    primary: str
    tier: str
    material: bool
    rank: int | None
    priority: float | None


TEXTS = ("name", "definition", "category", "primary")


def run_inputs(cycle: Cycle, run: Run | None) -> dict[str, Any]:
    """The run (the newest unless one is given) and its issues without children, in the order of the library.

    NotAllowed where nothing has been scored.
    """
    run = needed_run(cycle, run)
    return {"run": run.pk, "run_number": run.number, "issues": [_told(score) for score in _scores(run)]}


def _scores(run: Run) -> Iterable[IssueScore]:
    rows = IssueScore.objects.filter(run=run, level__isnull=True, derived=False).defer("groups")
    return rows.select_related("issue__category", "issue__parent").order_by("issue__category__order", "issue__code")


def _told(score: IssueScore) -> dict[str, Any]:
    issue = score.issue
    above = issue.parent or issue
    return {
        **{name: getattr(issue, name) for name in ("code", "name_zh", "name_en", "definition_zh", "definition_en")},
        **{f"category_{language}": getattr(issue.category, f"name_{language}") for language in ("zh", "en")},
        **{f"primary_{language}": getattr(above, f"name_{language}") for language in ("zh", "en")},
        **{name: getattr(score, name) for name in ("tier", "material", "rank", "priority")},
    }


def issues_of(inputs: Mapping[str, Any]) -> list[ScoredIssue]:
    """The issues of frozen inputs with their texts in the active language, in the other where there is none."""
    plain = ("code", "tier", "material", "rank", "priority")
    return [
        ScoredIssue(**{name: row[name] for name in plain}, **{name: frozen_text(row, name) for name in TEXTS})
        for row in inputs["issues"]
    ]


def catalogue_inputs(cycle: Cycle, run: Run | None, framework: str) -> dict[str, Any]:
    """Run, issues, and the newest edition of a framework with the issues that each of its topics covers.

    `topics` stand in the order of the catalogue; `locations` says where the outline prints a code.
    """
    run = needed_run(cycle, run)
    edition = Disclosure.objects.filter(framework__code=framework).order_by("-framework__edition").first()
    topics = Disclosure.objects.filter(framework=edition.framework_id if edition else None).select_related("parent")
    covered = _covered(run, framework)
    names = ("code", "title_zh", "title_en", "colour")
    return run_inputs(cycle, run) | {
        "topics": [
            {**{name: getattr(topic, name) for name in names}, "parent": topic.parent.code if topic.parent else ""}
            | {"issues": covered[topic.code]}
            for topic in topics.order_by("order", "pk")
        ],
        "locations": _locations(cycle, framework),
    }


def _covered(run: Run, framework: str) -> dict[str, list[str]]:
    """Code of a topic -> codes of the issues that are mapped to it."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = IssueMapping.objects.filter(issue__edition=run.edition_id, disclosure__framework__code=framework)
    for topic, issue in rows.order_by("issue__category__order", "issue__code").values_list(
        "disclosure__code", "issue__code"
    ):
        found[topic].append(issue)
    return found


def _locations(cycle: Cycle, framework: str) -> dict[str, list[str]]:
    """Code -> places of the outline's rows that carry it, each once."""
    column = next((name for name, code in FRAMEWORK_COLUMNS.items() if code == framework), "")
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in outline_rows(cycle):
        for code in row.frameworks.get(column, ()):
            found[code].update(dict.fromkeys(row.locations))
    return {code: list(places) for code, places in found.items()}


def group_inputs(cycle: Cycle) -> dict[str, Any]:
    """The groups with their expectations, channels and responses. NotAllowed where no group has any."""
    groups = [
        {
            **{name: getattr(held.group, name) for name in ("code", "name_zh", "name_en")},
            **{
                each.kind: [{"text_zh": point.text_zh, "text_en": point.text_en} for point in each.points]
                for each in held.lists
            },
        }
        for held in cycle_points(cycle)
    ]
    if not any(group[kind] for group in groups for kind in StakeholderPoint.Kind.values):
        raise NotAllowed(
            _("No group has expectations, channels or responses yet. Write them on the page of the groups.")
        )
    return {"groups": groups}
