"""What an output declares of itself, and the inputs that are frozen for those made from a run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from django.db.models import F, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Erratum, Job, Run, User
from materiality.platform.bilingual import DEFAULT_LANGUAGES, shown, suffix_of
from materiality.platform.bilingual import LANGUAGES as LANGUAGES_OF_TEXTS
from materiality.platform.people import Predicate, can_see_responses, can_view
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import scored_cycles, sees_all_cycles
from reports.models import Output
from reports.queries.matrix import WEIGHTINGS, MatrixData, MatrixOptions, matrix_data, run_before
from reports.queries.outline import read_once

LANGUAGES = ("zh-hans", "en")
ENDED = (Job.State.FAILED, Job.State.CANCELLED)  # of the jobs that have made no file
PACK = "evidence-pack"
Progress = Callable[[int, str], None]
# From cycle, run and options to the plain values that are frozen.
Inputs = Callable[[Cycle, Run | None, Mapping[str, Any]], dict]


# What each format is good for.
FORMATS: dict[str, Promise] = {
    "svg": gettext_lazy("SVG, for the web and for further drawing"),
    "png": gettext_lazy("PNG, a picture"),
    "pdf": gettext_lazy("PDF, for print"),
    "xlsx": gettext_lazy("XLSX, a workbook"),
    "docx": gettext_lazy("DOCX, for Word"),
    "html": gettext_lazy("HTML, for a web page"),
    "csv": gettext_lazy("CSV, plain rows"),
    "pptx": gettext_lazy("PPTX, for PowerPoint"),
    "zip": gettext_lazy("ZIP, many files in one"),
}


class Option(NamedTuple):
    """A choice in the request of an output: its name, its label, values with words (none: any text).

    `hidden`: no field of the page, but sent along by another one or given by a command. `pattern`: a regular expression
    of values beside those named, `written` says what they are; `typed`: the page asks for a text and not for one of
    these.
    """

    name: str
    label: str | Promise
    choices: tuple[tuple[str, str | Promise], ...] = ()
    hidden: bool = False
    pattern: str = ""
    typed: bool = False
    written: str | Promise = ""

    def takes(self, value: str) -> bool:
        """Whether the value can be chosen."""
        named = [name for name, _word in self.choices]
        return not named or value in named or bool(self.pattern and re.fullmatch(self.pattern, value))


# What the page of the matrix shows, and so what is asked for from there.
MATRIX_OPTIONS = (
    Option(
        "level",
        gettext_lazy("Issues in the matrix"),
        (("secondary", gettext_lazy("Secondary issues")), ("primary", gettext_lazy("Primary issues"))),
    ),
    Option("weighting", "", tuple((name, name) for name in WEIGHTINGS), hidden=True),
    *(Option(name, "", hidden=True) for name in ("category", "group", "since", "grey")),
    Option(
        "bars",
        gettext_lazy("95% intervals"),
        (("", gettext_lazy("no")), ("yes", gettext_lazy("yes"))),
        pattern="True|False|true|false|on|1|0|no",
    ),
)


def nothing_more(parameters: dict) -> list[str]:
    return []


@dataclass(frozen=True)
class OutputKind:
    """One output, as its module in `reports.documents` declares it.

    `inputs(cycle, run, options)` gives the plain values from which `build(inputs, progress)` makes the bytes, now or in
    a second attempt, in the active language; NotAllowed where there is nothing to make it from. `options` maps names of
    the kind's own `options` to values that were chosen. `of_file` stands in the name of the file, followed by
    `named(parameters)`; `told(parameters)` stands in the list of outputs.
    """

    code: str
    word: Promise
    of_file: Promise
    formats: tuple[str, ...]
    inputs: Inputs
    build: Callable[[dict, Progress], bytes]
    place: int  # in lists
    named: Callable[[dict], list[str]] = nothing_more
    told: Callable[[dict], list[str]] = nothing_more
    options: tuple[Option, ...] = ()


def scored_inputs(cycle: Cycle, run: Run | None, options: Mapping[str, Any]) -> dict:
    """The run (the newest unless one is given), the groups' names, the options of the matrix, tiers after review."""
    shown = MatrixOptions.from_query(options)
    run = needed_run(cycle, run)
    groups = [{"code": group.code, **frozen(group, "name")} for group in cycle.groups.all()]
    codes = {group["code"] for group in groups}
    if shown.group and shown.group not in codes:
        raise NotAllowed(_("There is no group “%(group)s” in this cycle.") % {"group": shown.group})
    decided = {
        code: [tier, reason] for code, tier, reason in run.decisions.values_list("issue__code", "tier", "reason")
    }
    told = {"run": run.pk, "run_number": run.number, "groups": groups, "parameters": shown.as_dict()}
    if shown.since and (other := run_before(run, shown.since)):
        told["since"] = other.pk
    return told | ({"decided": decided} if decided else {}) | corrected(run)


@read_once
def corrected(run: Run) -> dict:
    """How often the library of the run was corrected: what reads its texts while it is made rests on that too."""
    number = Erratum.objects.filter(issue__edition=run.edition_id).count()
    return {"errata": number} if number else {}


@read_once
def needed_run(cycle: Cycle, run: Run | None) -> Run:
    """The run that was asked for, else the newest. NotAllowed where nothing has been scored."""
    run = run or cycle.runs.defer("cube").order_by("-number").first()
    if run is None:
        raise NotAllowed(_("The cycle has no scoring run yet. Score it first."))
    return run


def scored_data(inputs: dict) -> MatrixData:
    """What the inputs of `scored_inputs` say was shown."""
    run = Run.objects.defer("cube").select_related("cycle", "edition").get(pk=inputs["run"])
    named = {field.name for field in fields(MatrixOptions)}
    shown = {name: value for name, value in inputs["parameters"].items() if name in named}
    decided = {code: tier for code, (tier, _reason) in inputs.get("decided", {}).items()}
    return matrix_data(run, MatrixOptions(**shown), inputs["language"], decided)


def output_languages(cycle: Cycle) -> dict[str, str]:
    """In which languages files are made → what each calls itself: Chinese, English, and those of the cycle's texts."""
    known = dict(zip(LANGUAGES, DEFAULT_LANGUAGES, strict=True))
    return {
        language: LANGUAGES_OF_TEXTS[known.get(language, language)]
        for language in dict.fromkeys([*LANGUAGES, *(each for each in cycle.languages if each not in known.values())])
    }


def frozen(row: Model, field: str, name: str = "") -> dict[str, str]:
    """A text for frozen inputs, `name` (else the field's) with each language behind it; Chinese and English always."""
    texts = dict.fromkeys(DEFAULT_LANGUAGES, "") | getattr(row, field).texts
    return {f"{name or field}_{suffix_of(language)}": text for language, text in texts.items()}


def frozen_text(row: dict, field: str) -> str:
    """A text of frozen inputs in the active language, in another where there is none."""
    known = {name: text for name, text in row.items() if name.startswith(f"{field}_") and isinstance(text, str)}
    texts = {name.removeprefix(f"{field}_").replace("_", "-"): text for name, text in known.items()}
    return shown({language: text for language, text in texts.items() if language in LANGUAGES_OF_TEXTS})


def listed_outputs() -> QuerySet[Output]:
    """Newest first, each with the number of its run and who reported the figures of it, if they are from elsewhere; its
    job without inputs and result, which can be large.
    """
    rows = Output.objects.select_related("job__created_by").defer("job__inputs", "job__result")
    return rows.annotate(run_number=F("run__number"), run_source=F("run__source")).order_by("-pk")


def seen_outputs(person: User, rows: Iterable[Output]) -> list[Output]:
    """Those of the files, of cycles that the person sees, that tell of no other cycle which is kept from them."""
    if sees_all_cycles(person):
        return list(rows)
    codes = set(scored_cycles(person).values_list("code", flat=True))
    return [row for row in rows if codes.issuperset(row.earlier_cycles)]


def right_to_open(output: Output) -> Predicate:
    """What a person who sees the file in the list (`listed_outputs`) needs to download it: an evidence pack has a row
    for each response.
    """
    return can_see_responses if output.kind == PACK and not output.run_source else can_view
