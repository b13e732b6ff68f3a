"""The frozen inputs of an output: all that it is made from besides the immutable run."""

from dataclasses import asdict

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from materiality.models import Cycle, IssueScore, Run
from materiality.platform.refusals import NotAllowed
from reports.gri.index import OutlineRow
from reports.models import Output
from reports.queries.matrix import MatrixOptions
from reports.queries.outline import outline_rows

FORMATS = {
    Output.Kind.MATRIX: ("svg", "png", "pdf"),
    Output.Kind.GRI_INDEX: ("xlsx", "csv"),
    Output.Kind.SCORES: ("xlsx",),
}
LANGUAGES = ("zh-hans", "en")


def output_inputs(
    cycle: Cycle, *, kind: str, format: str, language: str, options: MatrixOptions, run: Run | None = None
) -> dict:
    """Plain values from which `documents.build` makes the file, now or in a second attempt.

    NotAllowed where there is no such kind in the format or language, no run, or no outline.
    """
    if format not in FORMATS.get(kind, ()):
        known = "; ".join(f"{name}: {', '.join(formats)}" for name, formats in FORMATS.items())
        raise NotAllowed(
            _("There is no “%(kind)s” as “%(format)s”. There are %(known)s.")
            % {"kind": kind, "format": format, "known": known}
        )
    if language not in LANGUAGES:
        raise NotAllowed(_("There is no output in “%(language)s”. Choose zh-hans or en.") % {"language": language})
    inputs = {
        "kind": str(kind),
        "format": format,
        "language": language,
        "cycle": {"code": cycle.code, "title_zh": cycle.title_zh, "title_en": cycle.title_en},
    }
    if kind == Output.Kind.GRI_INDEX:
        return inputs | _outline(cycle)
    return inputs | _scored(cycle, run, options)


def rows_of(inputs: dict) -> list[OutlineRow]:
    """The outline rows that were frozen into the inputs."""
    return [
        OutlineRow(**{**row, "issues": tuple(row["issues"]), "disclosures": tuple(row["disclosures"])})
        for row in inputs["outline"]
    ]


def scores_of(run: Run) -> QuerySet[IssueScore]:
    """Results of all issues with issue and category, in code order."""
    return run.scores.select_related("issue__category").order_by("issue__code")


def _outline(cycle: Cycle) -> dict:
    rows = outline_rows(cycle)
    if not rows:
        raise NotAllowed(_("The cycle has no outline yet. Add its sections or import a file first."))
    return {"gri_edition": cycle.gri_edition, "outline": [asdict(row) for row in rows]}


def _scored(cycle: Cycle, run: Run | None, options: MatrixOptions) -> dict:
    run = run or cycle.runs.defer("cube").order_by("-number").first()
    if run is None:
        raise NotAllowed(_("The cycle has no scoring run yet. Score it first."))
    groups = list(cycle.groups.values("code", "name_zh", "name_en"))
    codes = {group["code"] for group in groups}
    if options.group and options.group not in codes:
        raise NotAllowed(_("There is no group “%(group)s” in this cycle.") % {"group": options.group})
    return {"run": run.pk, "run_number": run.number, "groups": groups, "parameters": options.as_dict()}
