"""Steps of the cycle that this app adds."""

from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Job, Run
from materiality.steps import Standing, Step, add_step
from reports.models import Output, Section


def _matrix(cycle: Cycle) -> Standing:
    number = _figures(cycle)["last_run"]
    return Standing(done=number is not None, words=_("run %(number)s") % {"number": number} if number else "")


def _outline(cycle: Cycle) -> Standing:
    number = _figures(cycle)["section_number"]
    return Standing(done=number > 0, words=_("%(count)s sections") % {"count": number} if number else "")


def _outputs(cycle: Cycle) -> Standing:
    number = _figures(cycle)["output_number"]
    return Standing(done=number > 0, words=_("%(count)s files") % {"count": number} if number else "")


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


add_step(Step(55, "matrix", gettext_lazy("Matrix"), "matrix", _matrix))
add_step(Step(60, "outline", gettext_lazy("Outline"), "outline", _outline))
add_step(Step(70, "outputs", gettext_lazy("Outputs"), "outputs", _outputs))
