"""What this app declares to those below: words, its kind of job, its steps of a cycle."""

from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_lazy

from materiality.models import Cycle, Job, Run
from materiality.platform.hooks import Hooks, JobFunctions, Step, StepStanding, Words
from reports.models import Output, Section
from reports.models.outputs import JOB

WORDS: dict[str, Words] = {
    "job": {
        JOB: gettext_lazy("Making an output"),
    },
    "action": {
        "request_output": gettext_lazy("asked for the output %(object)s"),
        "make_output": gettext_lazy("received the output %(object)s"),
        "import_outline": gettext_lazy("replaced the outline of cycle %(object)s"),
        "save_section": gettext_lazy("saved a section in the outline of cycle %(object)s"),
        "remove_section": gettext_lazy("removed a section from the outline of cycle %(object)s"),
    },
}


def _matrix(cycle: Cycle) -> StepStanding:
    number = _figures(cycle)["last_run"]
    return StepStanding(done=number is not None, words=gettext("run %(number)s") % {"number": number} if number else "")


def _outline(cycle: Cycle) -> StepStanding:
    number = _figures(cycle)["section_number"]
    return StepStanding(done=number > 0, words=gettext("%(count)s sections") % {"count": number} if number else "")


def _outputs(cycle: Cycle) -> StepStanding:
    number = _figures(cycle)["output_number"]
    return StepStanding(done=number > 0, words=gettext("%(count)s files") % {"count": number} if number else "")


def _figures(cycle: Cycle) -> dict:
    """Last run, sections and finished outputs in one query, kept with the cycle of this page."""
    if not hasattr(cycle, "report_figures"):
        cycle.report_figures = (
            Cycle.objects.filter(pk=cycle.pk)
            .values(
                last_run=_of_cycle(Run.objects.all(), Max("number")),
                section_number=Coalesce(_of_cycle(Section.objects.all(), Count("pk")), 0),
                output_number=Coalesce(_of_cycle(Output.objects.filter(job__state=Job.State.DONE), Count("pk")), 0),
            )
            .get()
        )
    return cycle.report_figures


def _of_cycle(rows: QuerySet, figure: Aggregate) -> Subquery:
    """A figure of the cycle's rows as a query within the query: joins would multiply them with one another."""
    return Subquery(rows.filter(cycle=OuterRef("pk")).order_by().values("cycle").annotate(n=figure).values("n"))


HOOKS = Hooks(
    words=WORDS,
    jobs={JOB: JobFunctions("reports.outputs.make_output", "reports.outputs.store_output")},
    steps=(
        Step(55, "matrix", gettext_lazy("Matrix"), "matrix", _matrix),
        Step(60, "outline", gettext_lazy("Outline"), "outline", _outline),
        Step(70, "outputs", gettext_lazy("Outputs"), "outputs", _outputs),
    ),
    owned={"materiality.cycle": {"reports.section": "cycle", "reports.indexentry": "row__cycle"}},
)
