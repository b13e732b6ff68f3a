"""Steps of the cycle that this app adds."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Job
from materiality.queries.runs import last_run_number
from materiality.steps import Standing, Step, add_step
from reports.models import Output, Section


def _matrix(cycle: Cycle) -> Standing:
    number = last_run_number(cycle)
    return Standing(done=number is not None, words=_("run %(number)s") % {"number": number} if number else "")


def _outline(cycle: Cycle) -> Standing:
    number = Section.objects.filter(cycle=cycle).count()
    return Standing(done=number > 0, words=_("%(count)s sections") % {"count": number} if number else "")


def _outputs(cycle: Cycle) -> Standing:
    number = Output.objects.filter(cycle=cycle, job__state=Job.State.DONE).count()
    return Standing(done=number > 0, words=_("%(count)s files") % {"count": number} if number else "")


add_step(Step(55, "matrix", gettext_lazy("Matrix"), "matrix", _matrix))
add_step(Step(60, "outline", gettext_lazy("Outline"), "outline", _outline))
add_step(Step(70, "outputs", gettext_lazy("Outputs"), "outputs", _outputs))
