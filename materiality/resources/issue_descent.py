"""What a file may do to the identity of issues, and the descent that is recorded with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import override

from materiality.draft_lineage import descend_retired
from materiality.draft_rows import put_back, sources_of
from materiality.library_file.problems import Problem
from materiality.models import Edition, Issue, Lineage, User
from materiality.queries.issue_origin import origins
from materiality.resources.plan import SheetRow
from materiality.resources.write_all import write_all
from materiality.vetoes import RETIRE_ISSUE, vetoes

Changes = dict[str, list[str]]
NAMES = {"name_zh", "name_en"}
IDENTITY = frozenset({*NAMES, "status"})


def codes_used(edition: Edition) -> dict[str, tuple[str, str]]:
    """Codes of issues of other editions → (edition, Chinese name): a code is not given to another issue."""
    rows = Issue.objects.exclude(edition=edition).order_by("edition__created_at")
    return {code: (held, name) for code, held, name in rows.values_list("code", "edition__code", "name_zh")}


def changes_refused(
    row: SheetRow, issue: Issue, changes: Changes, used: Mapping[str, tuple[str, str]]
) -> Iterator[Problem]:
    """Problems of a code that was another issue's, of an issue without a name, and of one that is retired."""
    if not issue.name_zh and not issue.name_en:
        yield row.problem("no_name", "name_zh")
    if issue.pk is None and issue.code in used:
        edition, name = used[issue.code]
        yield row.problem("code_used", "code", params={"edition": edition, "name": name})
    was = changes.get("status", [issue.status])[0]
    if issue.pk is not None and was == Issue.Status.RETIRED:
        for column in changes:
            yield row.problem("retired_changed", column, params={"code": issue.code})


def live_warnings(row: SheetRow, issue: Issue) -> Iterator[Problem]:
    """What the apps above have to say on retiring the issue, such as that a live survey asks about it."""
    sources = origins(issue) if issue.edition.state == Edition.State.DRAFT else [issue]
    told: dict[str, list[str]] = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            told[suffix] = [sentence for source in sources for sentence in vetoes(RETIRE_ISSUE, source)]
    for zh, en in zip(told["zh"], told["en"], strict=True):
        yield row.problem("noted", "status", params={"title_zh": zh, "title_en": en})


def record_descent(edition: Edition, issues: Sequence[Issue], *, by: User | None, reason: str) -> dict[str, Any]:
    """Record what was added, renamed and retired; returns what `put_back_descent` needs.

    `issue.sheet_changes` are the cells that changed, `issue.sheet_is_new` says that it was added. An edition that is
    based on none has no descent.
    """
    if edition.based_on_id is None:
        return {}
    added = [issue for issue in issues if issue.sheet_is_new]
    known = [issue for issue in issues if not issue.sheet_is_new and IDENTITY & issue.sheet_changes.keys()]
    keys = {issue.pk for issue in known}
    sources = sources_of(edition, keys)
    before = _descent(edition, keys, sources)
    _rename([issue for issue in known if NAMES & issue.sheet_changes.keys()], by=by, reason=reason)
    for issue in known:
        if "status" in issue.sheet_changes:
            descend_retired(issue, by=by, reason=reason)
    Lineage.objects.bulk_create(
        Lineage(edition=edition, kind=Lineage.Kind.ADDED, target=issue, by=by, reason=reason) for issue in added
    )
    return {"before": before, "after": _descent(edition, keys, sources)}


def put_back_descent(held: dict[str, Any]) -> None:
    """Undo `record_descent` for the issues that were known; that of added ones goes with them."""
    if held:  # those of added issues went with them
        put_back({"lineage": held["before"]}, {"lineage": held["after"]})


def _rename(issues: Sequence[Issue], *, by: User | None, reason: str) -> None:
    """As `draft_lineage.mark_descent` does, but for thousands of issues at once."""
    rows = list(Lineage.objects.filter(target__in=issues, source__isnull=False))
    for row in rows:
        row.kind = Lineage.Kind.RENAMED if row.kind == Lineage.Kind.KEPT else row.kind
        row.reason = "\n".join(dict.fromkeys(line for line in (*row.reason.split("\n"), reason) if line))
        row.by = by
    write_all(rows, ("kind", "reason", "by"))


def _descent(edition: Edition, keys: set[int], sources: set[int]) -> dict[str, dict[str, Any]]:
    """The rows of descent of some issues, as `draft_rows.put_back` takes them."""
    rows = Lineage.objects.filter(Q(target__in=keys) | Q(source__in=sources), edition=edition) if keys else ()
    columns = [field.attname for field in Lineage._meta.concrete_fields]
    return {str(row.pk): {**{name: getattr(row, name) for name in columns}, "at": row.at.isoformat()} for row in rows}
