"""What this app declares to those below: words, its kind of job, its steps of a cycle."""

from collections.abc import Iterator

from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from materiality.models import Cycle, Job, User
from materiality.platform.audit import Finding
from materiality.platform.hooks import Found, Hooks, JobFunctions, Step, StepPage, StepStanding, Words
from materiality.queries.cycles import newest_run, run_behind, scored_cycles
from reports.models import Output, Section
from reports.models.outline import JOB as OUTLINE_JOB
from reports.models.outputs import JOB
from reports.queries.outputs import listed_outputs, right_to_open, seen_outputs

WORDS: dict[str, Words] = {
    "job": {
        JOB: gettext_lazy("Creating a file"),
        OUTLINE_JOB: gettext_lazy("Reading an outline"),
    },
    "severity": {"fail": gettext_lazy("fails"), "look": gettext_lazy("look"), "note": gettext_lazy("note")},
    "reading": {
        "taken": gettext_lazy("taken"),
        "repaired": gettext_lazy("repaired"),
        "doubtful": gettext_lazy("doubtful"),
        "refused": gettext_lazy("refused"),
    },
    "action": {
        "request_output": gettext_lazy("requested the file %(object)s"),
        "make_output": gettext_lazy("created the file %(object)s"),
        "retry_output": gettext_lazy("requested the file %(object)s again"),
        "cancel_output": gettext_lazy("cancelled the file %(object)s"),
        "remove_output": gettext_lazy("deleted the file %(object)s"),
        "import_outline": gettext_lazy("replaced the outline of cycle %(object)s"),
        "read_outline": gettext_lazy("uploaded the outline %(object)s"),
        "confirm_outline": gettext_lazy("stored the outline %(object)s"),
        "discard_outline": gettext_lazy("discarded the outline %(object)s"),
        "undo_outline": gettext_lazy("took the outline %(object)s back"),
        "crosswalk_outline": gettext_lazy("moved the outline of cycle %(object)s to another GRI edition"),
        "propose_index": gettext_lazy("filled the outline of cycle %(object)s from the library"),
        "set_index": gettext_lazy("changed what the GRI index of cycle %(object)s says of itself"),
        "decide_disclosure": gettext_lazy("decided on the disclosure %(object)s"),
        "withdraw_decision": gettext_lazy("withdrew the decision on the disclosure %(object)s"),
        "accept_finding": gettext_lazy("accepted a finding of check %(object)s"),
        "unaccept_finding": gettext_lazy("took back the acceptance of a finding of check %(object)s"),
        "set_table_texts": gettext_lazy("changed texts of the tables of cycle %(object)s"),
        "save_section": gettext_lazy("saved a section in the outline of cycle %(object)s"),
        "remove_section": gettext_lazy("removed a section from the outline of cycle %(object)s"),
    },
}


def _matrix(cycle: Cycle) -> StepStanding:
    """The picture is that of the newest run, and as far behind."""
    run, behind = newest_run(cycle), run_behind(cycle)
    words = gettext("run %(number)s") % {"number": run.number} if run else ""
    missing = [] if run else [gettext("no run yet")]
    return StepStanding(done=run is not None, words=words, missing=missing, stale=behind.words if behind else "")


def _outline(cycle: Cycle) -> StepStanding:
    number = _figures(cycle)["section_number"]
    words = ngettext("%(count)s section", "%(count)s sections", number) % {"count": number} if number else ""
    return StepStanding(done=number > 0, words=words, missing=[] if number else [gettext("no section yet")])


def _outputs(cycle: Cycle) -> StepStanding:
    """Files of an older run are stale once there is a newer one."""
    figures, run = _figures(cycle), newest_run(cycle)
    number, used, newest = figures["output_number"], figures["used_run"], run.number if run else 0
    words = ngettext("%(count)s file", "%(count)s files", number) % {"count": number} if number else ""
    stale = gettext("created from run %(used)s, run %(newest)s is newer") % {"used": used, "newest": newest}
    return StepStanding(
        done=number > 0,
        words=words,
        missing=[] if number else [gettext("no file yet")],
        stale=stale if number and used and used < newest else "",
    )


def figures_of_cycle() -> dict[str, Combinable]:
    """Sections and finished files of a cycle, and the newest run that a file is made from."""
    outputs = Output.objects.filter(job__state=Job.State.DONE)
    return {
        "section_number": Coalesce(_of_cycle(Section.objects.all(), Count("pk")), 0),
        "used_run": _of_cycle(outputs, Max("run__number")),
        "output_number": Coalesce(_of_cycle(outputs, Count("pk")), 0),
    }


def _figures(cycle: Cycle) -> dict:
    """The same of this cycle: as they were read with it, else in one query, kept with it."""
    if "section_number" not in vars(cycle):
        vars(cycle).update(Cycle.objects.filter(pk=cycle.pk).values(**figures_of_cycle()).get())
    return vars(cycle)


def _of_cycle(rows: QuerySet, figure: Aggregate) -> Subquery:
    """A figure of the cycle's rows as a query within the query: joins would multiply them with one another."""
    return Subquery(rows.filter(cycle=OuterRef("pk")).order_by().values("cycle").annotate(n=figure).values("n"))


def _find_files(person: User, text: str, most: int) -> list[Found]:
    rows = listed_outputs().filter(
        job__state=Job.State.DONE, file_name__icontains=text, cycle__in=scored_cycles(person)
    )
    seen = seen_outputs(person, rows.select_related("cycle"))
    opened = [row for row in seen if right_to_open(row)(person)][:most]
    return [
        Found(gettext("File"), row.file_name, reverse("output_file", args=[row.cycle.code, row.pk]), row.cycle.title)
        for row in opened
    ]


def _file_findings() -> Iterator[Finding]:
    # With it come the modules of all documents, which no page needs.
    from reports.outputs import output_findings

    return output_findings()


HOOKS = Hooks(
    words=WORDS,
    figures=figures_of_cycle,
    searches=(_find_files,),
    jobs={
        JOB: JobFunctions("reports.outputs.make_output", "reports.outputs.store_output"),
        OUTLINE_JOB: JobFunctions("reports.actions.outline.read_outline", "reports.actions.outline.store_reading"),
    },
    steps=(
        Step(
            *(100, "decide", "matrix", gettext_lazy("Matrix")),
            pages=(StepPage(gettext_lazy("Matrix"), "matrix", "see_scores"),),
            standing=_matrix,
        ),
        Step(
            *(120, "report", "outline", gettext_lazy("Outline and index")),
            pages=(
                StepPage(gettext_lazy("Report outline"), "outline"),
                StepPage(gettext_lazy("GRI content index"), "content_index", "see_scores"),
            ),
            standing=_outline,
        ),
        Step(
            *(130, "report", "outputs", gettext_lazy("Files")),
            pages=(StepPage(gettext_lazy("Files"), "outputs", "see_scores"),),
            standing=_outputs,
        ),
    ),
    checks=(_file_findings,),
    guarded=("reports.output",),
    owned={
        "materiality.cycle": {
            "reports.section": "cycle",
            "reports.section_issues": "section__cycle",
            "reports.contentindex": "cycle",
            "reports.tabletext": "cycle",
            "reports.indexdecision": "cycle",
            "reports.acceptedfinding": "cycle",
        }
    },
)
