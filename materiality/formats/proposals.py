"""Suggestions for the library: the format `proposals`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from materiality.models import Issue, Proposal
from materiality.models.library import library_languages
from materiality.platform.bilingual import suffix_of
from materiality.platform.refusals import NotAllowed
from materiality.queries.proposals import (
    ProposalValues,
    draft_under_review,
    issues_in_force,
    what_is_wrong,
    without_surveys,
)
from materiality.tables.headers import Choices, SheetColumn, choice_words, model_columns, named
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.widgets import ChoiceWidget, SheetRow, in_both, model_fields

_TEXTS = ("name", "text", "reason", "source")
TEXT_COLUMNS = [
    each
    for each in model_columns(Proposal, {}, reason={"required": True})
    if each.attribute.partition("_")[0] in _TEXTS
]


class ProposalResource(StrictResource):
    """Each row adds a proposal; one that stands in the list already, word for word, is left alone."""

    sheet = "proposals"
    columns = (
        SheetColumn(
            "kind", gettext_lazy("Kind"), gettext_lazy("new, change or retire."), required=True, choices="kinds"
        ),
        SheetColumn(
            "issue",
            gettext_lazy("Issue code"),
            gettext_lazy("The issue to change or retire; empty for a new one."),
            choices="issues",
        ),
        *TEXT_COLUMNS,
    )
    may_be_blank = _TEXTS

    kind = Field("kind", "kind", widget=ChoiceWidget("kinds", "unknown_proposal"))
    issue = Field("issue", "issue", widget=ChoiceWidget("issues", "not_in_force", optional=True))
    locals().update(model_fields(Proposal, columns[2:]))

    class Meta:
        model = Proposal
        fields = import_id_fields = ("kind", "issue", *(column.name for column in TEXT_COLUMNS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speak(library_languages(), also=())  # all texts are the key of a row
        self._meta.import_id_fields = self._meta.fields

    def stored(self) -> Sequence[Proposal]:
        meant = Q(issue=None) | Q(issue__in=issues_in_force())
        found = Proposal.objects.filter(meant).select_related("issue").order_by("created_at", "pk")
        return list(found) if self.scope is None or self.scope.cycles is None else without_surveys(found)

    def make_lookups(self) -> dict[str, dict]:
        kinds = {str(value): value for value in Proposal.Kind.values}
        return {"kinds": kinds, "issues": {issue.code: issue for issue in issues_in_force()}}

    def choices(self) -> Choices:
        return {"kinds": choice_words(Proposal.Kind), "issues": named(issues_in_force())}

    def blank(self, row: dict[str, str]) -> Proposal:
        return Proposal(origin=Proposal.Origin.IMPORT, created_by=self.by)

    def prepared(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        """Each proposal once, its kind in small letters."""
        lowered = (replace(row, cells={**row.cells, "kind": row.cells.get("kind", "").lower()}) for row in rows)
        once: dict[tuple[str, ...], SheetRow] = {}
        for row in lowered:
            once.setdefault(self.key_of(row.cells), row)
        return list(once.values())

    def check_rows(self, rows: Sequence[SheetRow]) -> Iterable[Problem]:
        for row in rows:
            cells = {name: row.cells.get(name, "") for name in self.key}
            issue = self.lookups["issues"].get(cells["issue"])
            told = in_both(partial(what_is_wrong, self._values(cells, issue)))
            # A kind and a code that are unknown are told by their cells.
            own = {"kind", *(["issue"] if cells["issue"] and issue is None else [])}
            for name in told["en"].keys() - own:
                column = name if name in cells else f"{name}_{suffix_of(self.languages[0])}"
                params = {f"title_{key}": words[name] for key, words in told.items()}
                yield row.problem("invalid", column, params=params)

    def _values(self, cells: Mapping[str, str], issue: Issue | None) -> ProposalValues:
        name, text = (
            {language: cells[f"{text}_{suffix_of(language)}"] for language in self.languages}
            for text in ("name", "text")
        )
        return ProposalValues(cells["kind"], issue, name, text, cells["reason"], cells["source"])

    def before_store(self, instance: Proposal, changes: dict[str, list[str]]) -> None:
        instance.edition = draft_under_review()

    def refuse_undo(self, fresh: Sequence[Proposal]) -> None:
        if any(proposal.state != Proposal.State.OPEN for proposal in fresh):
            raise NotAllowed(_("Suggestions of the file were decided since, so it cannot be undone."))
