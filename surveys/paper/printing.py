"""The background job that makes the file of printed sheets: one PDF, or a ZIP of them where there are very many."""

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.files import keep_file
from materiality.jobs import Progress
from materiality.models import Job
from materiality.scoring.codes import NOT_ASKED
from surveys.models import PaperSheet, Survey
from surveys.paper.alone import typeset_alone
from surveys.paper.printed_words import printed_words

FOLDER = "paper"
PAGE = Path(__file__).with_name("sheet.typ")
# A rating takes about 0.2 MB of memory while its PDF is made.
RATINGS_PER_FILE = 2_000


@dataclass(frozen=True)
class Printed:
    """A file that is kept: its path in the storage, SHA-256, size in bytes, `pdf` or `zip`."""

    path: str
    sha256: str
    size: int
    kind: str


def print_file(job: Job, progress: Progress) -> Printed:
    """Build of a print job; the same sheets give the same bytes whenever it is done anew."""
    inputs = job.inputs
    survey = Survey.objects.select_related("cycle").get(pk=inputs["survey"])
    sheets = PaperSheet.objects.filter(survey=survey, number__gte=inputs["first"], number__lte=inputs["last"])
    parts = list(parts_of(list(sheets.select_related("group").order_by("number"))))
    with tempfile.TemporaryDirectory(prefix="yiti-paper-") as name:
        files = []
        for number, part in enumerate(parts):
            progress(5 + 90 * number // len(parts), _("Putting the sheets together"))
            path = Path(name) / f"{survey.code}-{part[0].number:04}-{part[-1].number:04}.pdf"
            path.write_bytes(sheets_pdf(survey, part, language=inputs["language"], definitions=inputs["definitions"]))
            files.append(path)
        whole = files[0] if len(files) == 1 else _zipped(files)
        stored, digest = keep_file(whole, FOLDER)
        return Printed(stored, digest, whole.stat().st_size, whole.suffix[1:])


def sheets_pdf(survey: Survey, sheets: list[PaperSheet], *, language: str, definitions: bool) -> bytes:
    """The PDF of these sheets."""
    words = printed_words(survey, sheets, language=language, definitions=definitions)
    return typeset_alone(PAGE.read_text("utf-8"), words)


def parts_of(sheets: list[PaperSheet]) -> Iterator[list[PaperSheet]]:
    """The sheets in lots of bounded size, in their order; a sheet is never divided."""
    part: list[PaperSheet] = []
    ratings = 0
    for sheet in sheets:
        asked = len(sheet.asked) - bytes(sheet.asked).count(NOT_ASKED)
        if part and ratings + asked > RATINGS_PER_FILE:
            yield part
            part, ratings = [], 0
        part.append(sheet)
        ratings += asked
    if part:
        yield part


def keep_printed(job: Job, printed: Printed) -> dict:
    """Store of a print job: where the file is."""
    survey = Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
    address = reverse("paper", args=[survey.cycle.code, survey.code])
    kept = {"path": printed.path, "sha256": printed.sha256, "size": printed.size, "kind": printed.kind}
    return {**kept, "url": address}


def _zipped(files: list[Path]) -> Path:
    target = files[0].with_name("sheets.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            archive.writestr(zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0)), path.read_bytes())
    return target
