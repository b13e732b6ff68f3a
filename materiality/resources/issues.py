"""The issues of a draft edition in the `issues` format (formats.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from import_export.fields import Field

from materiality.drafts import locked_draft
from materiality.library_file.mapping_codes import FRAMEWORKS, MappingCodes
from materiality.library_file.problems import Problem
from materiality.models import Group, Issue, IssueMapping
from materiality.queries.default_groups import default_groups
from materiality.queries.stored_catalogues import stored_catalogues
from materiality.resources.base import StrictResource
from materiality.resources.choices import Choices, issue_choices
from materiality.resources.codes_cell import CodesWidget
from materiality.resources.issue_checks import TREE, check_issues
from materiality.resources.issue_columns import COLUMNS
from materiality.resources.issue_descent import (
    IDENTITY,
    changes_refused,
    codes_used,
    live_warnings,
    put_back_descent,
    record_descent,
)
from materiality.resources.plan import NEW, Plan, SheetRow
from materiality.resources.widgets import ChoiceWidget, SeveralWidget, TextWidget

TEXTS = ("name_zh", "name_en", "definition_zh", "definition_en")


class _ParentWidget(ChoiceWidget):
    """A primary issue of the edition or of the file; what is wrong with it the check of all rows has said."""

    def clean(self, value: str, row: Any = None, lookups: Any = None, **kwargs: Any) -> Issue | None:
        return lookups["primaries"].get(value)


class IssueResource(StrictResource):
    """Issues with their mappings, into the draft edition of the scope."""

    sheet = "issues"
    columns = COLUMNS
    key = ("code",)
    may_be_blank = ("name_zh", "name_en")
    written = (*TEXTS, "groups", "status", "version", "changed")

    code = Field("code", "code", widget=TextWidget(40, required=True))
    category = Field("category", "category", widget=ChoiceWidget("categories", "unknown_category"))
    parent_code = Field("parent", "parent_code", widget=_ParentWidget("primaries", "no_primary"))
    name_zh = Field("name_zh", "name_zh", widget=TextWidget(200))
    name_en = Field("name_en", "name_en", widget=TextWidget(200))
    definition_zh = Field("definition_zh", "definition_zh", widget=TextWidget())
    definition_en = Field("definition_en", "definition_en", widget=TextWidget())
    gri_2016 = Field("codes__gri_2016", "gri_2016")
    gri_2021 = Field("codes__gri_2021", "gri_2021")
    sdgs = Field("codes__sdgs", "sdgs")
    esrs = Field("codes__esrs", "esrs")
    cn_exchange = Field("codes__cn_exchange", "cn_exchange")
    hkex = Field("codes__hkex", "hkex")
    groups = Field("groups", "groups", widget=SeveralWidget("groups", "unknown_group"))
    status = Field("status", "status", widget=ChoiceWidget("statuses", "unknown_status", empty=Issue.Status.ACTIVE))

    class Meta:
        model = Issue

    def refuse(self, store: bool) -> None:
        if store:
            locked_draft(self.scope.edition)

    def stored(self) -> Sequence[Issue]:
        catalogues = stored_catalogues()
        codes = MappingCodes(catalogues)
        for name in FRAMEWORKS:
            self.fields[name].widget = CodesWidget(name, codes, catalogues)
        issues = list(self.scope.edition.issues.select_related("category", "parent").order_by("code"))
        mapped = self._mapped(codes)
        for issue in issues:
            issue.codes = SimpleNamespace(**mapped.get(issue.pk, {}))
        return issues

    def _mapped(self, codes: MappingCodes) -> dict[int, dict[str, tuple[str, ...]]]:
        """Issue → column → codes in the catalogue's order (one query); frameworks without a column are left out."""
        names = {framework: name for name, framework in codes.editions.items()}
        found: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
        rows = IssueMapping.objects.filter(issue__edition=self.scope.edition).order_by("disclosure__order")
        for issue, framework, edition, code in rows.values_list(
            "issue", "disclosure__framework__code", "disclosure__framework__edition", "disclosure__code"
        ):
            name = names.get((framework, edition))
            if name:
                found[issue][name] = (*found[issue].get(name, ()), code)
        return found

    def make_lookups(self) -> dict[str, dict]:
        known = [group["code"] for group in default_groups()]
        more = Group.objects.values_list("code", flat=True).distinct().order_by("code")
        self._last_order = max((issue.order for issue in self.by_key.values()), default=0)
        self._descent: dict[str, Any] = {}
        return {
            "categories": {row.code: row for row in self.scope.edition.categories.all()},
            "primaries": {issue.code: issue for issue in self.by_key.values() if issue.parent_id is None},
            "groups": dict.fromkeys([*known, *more]),
            "statuses": {str(value): value for value in Issue.Status.values},
            "used": codes_used(self.scope.edition),
        }

    def choices(self) -> Choices:
        return issue_choices(self.scope.edition)

    def blank(self) -> Issue:
        issue = Issue(edition=self.scope.edition)
        issue.codes = SimpleNamespace()
        return issue

    def after_init_instance(self, instance: Issue, new: bool, row: dict, **kwargs: Any) -> None:
        super().after_init_instance(instance, new, row, **kwargs)
        if new and not row.get("parent_code"):
            self.lookups["primaries"][row["code"]] = instance

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        return check_issues(rows, {key[0]: self.cells(issue, TREE) for key, issue in self.by_key.items()})

    def in_order(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        return sorted(rows, key=lambda row: bool(row.cells.get("parent_code")))

    def in_batches(self, instances: Sequence[Issue]) -> Iterator[Sequence[Issue]]:
        yield [issue for issue in instances if issue.parent is None]
        yield [issue for issue in instances if issue.parent is not None]

    def objections(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        yield from changes_refused(row, instance, changes, self.lookups["used"])

    def warnings(self, row: SheetRow, instance: Issue, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if changes.get("status", ["", ""])[1] == Issue.Status.RETIRED and instance.pk:
            yield from live_warnings(row, instance)

    def breaks_identity(self, plan: Plan) -> bool:
        return any(row.state == NEW or IDENTITY & row.cells.keys() for row in plan.rows)

    def before_store(self, instance: Issue, changes: dict[str, list[str]]) -> None:
        instance.sheet_changes, instance.sheet_is_new = changes, instance.pk is None
        if instance.pk is None:
            self._last_order += 1
            instance.order = self._last_order
        instance.version += instance.pk is not None
        if self.undoing is None:
            now = timezone.now().isoformat()
            instance.changed = {**instance.changed, **{name: now for name in TEXTS if name in changes}}

    def after_store(self, changed: Sequence[Issue]) -> None:
        """Replace the mappings in the frameworks that have a column, all others stay; record the descent."""
        pks = self.fields["gri_2021"].widget.disclosure_keys()
        wanted = {
            (issue.pk, pks[name][code])
            for issue in changed
            for name, codes in vars(issue.codes).items()
            for code in codes
        }
        columns = {pk for held in pks.values() for pk in held.values()}
        issues = {issue.pk for issue in changed}
        rows = IssueMapping.objects.filter(issue__edition=self.scope.edition).values_list("pk", "issue", "disclosure")
        held = {(issue, disclosure): pk for pk, issue, disclosure in rows if issue in issues and disclosure in columns}
        surplus = [pk for key, pk in held.items() if key not in wanted]
        IssueMapping.objects.filter(pk__in=surplus).delete()
        fresh = sorted(wanted - held.keys())
        IssueMapping.objects.bulk_create(IssueMapping(issue_id=issue, disclosure_id=pk) for issue, pk in fresh)

        if self.undoing is None:
            self._descent = record_descent(self.scope.edition, changed, by=self.by, reason=self.reason)

    def extra(self, instance: Issue) -> dict[str, Any]:
        return {"changed": instance.changed}

    def put_back_extra(self, instance: Issue, extra: dict[str, Any]) -> None:
        instance.changed = extra["changed"]

    def further_undo(self) -> dict[str, Any]:
        return self._descent

    def put_back_further(self, held: dict[str, Any]) -> None:
        put_back_descent(held)
