"""The demo cycle, ready to look at: responses, a scoring run, an outline, outputs. Each is made once and kept."""

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import override

from materiality.actions.scores import score_cycle
from materiality.models import Cycle
from materiality.platform import jobs
from materiality.platform.commands import ActionCommand
from reports.actions.outline import import_outline
from reports.actions.outputs import request_output
from reports.models import Output
from reports.outline.outline import parse_outline
from reports.queries.matrix import LEVELS, MatrixOptions, ShownNames, matrix_data, page_drawings
from reports.queries.outline import books_of
from surveys.responses.counting import count_cycle

CODE = "demo"
OUTLINE = settings.BASE_DIR / "fixtures" / "demo_outline.csv"
WANTED = (("matrix", "svg"), ("matrix", "png"), ("matrix", "pdf"), ("gri-index", "xlsx"), ("workbook", "xlsx"))
LANGUAGES = ("zh-hans", "en")


class Command(ActionCommand):
    help = "Make the demo cycle with responses, run, outline and outputs; what is there already is left alone."

    def handle(self, *args: str, **options: object) -> None:
        cycle = _found()
        if cycle is None:
            call_command("load_demo", stdout=self.stdout)
            cycle = _found()
        if not cycle.has_run:
            score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
        if not cycle.section_number:
            import_outline(cycle=cycle, rows=parse_outline(OUTLINE, books_of(cycle)).rows, by=None)
        if not cycle.has_outputs:
            self.stdout.write(f"{_make_outputs(cycle)} outputs made")
            _draw_pages(cycle)


def _found() -> Cycle | None:
    """The demo cycle with what it has got, in one query."""
    return (
        Cycle.objects.filter(code=CODE)
        .annotate(
            has_run=Exists(Cycle.objects.filter(pk=OuterRef("pk"), runs__isnull=False)),
            section_number=Count("sections"),
            has_outputs=Exists(Output.objects.filter(cycle=OuterRef("pk"))),
        )
        .first()
    )


def _draw_pages(cycle: Cycle) -> None:
    """Keep the drawings of the matrix page, so that nobody waits for the first view."""
    run = cycle.runs.defer("cube").order_by("-number").first()
    for language in LANGUAGES:
        for level in LEVELS:
            with override(language):
                page_drawings(matrix_data(run, MatrixOptions(level=level)), ShownNames(cycle.title))


def _make_outputs(cycle: Cycle) -> int:
    """Ask for every file in both languages and do the jobs at once, as no worker is there yet."""
    made = [
        request_output(cycle=cycle, kind=kind, format=format, language=language, by=None, send=False)
        for kind, format in WANTED
        for language in LANGUAGES
    ]
    for output in made:
        jobs.execute(str(output.job_id))
    return len(made)
