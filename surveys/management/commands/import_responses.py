"""Import responses from the command line."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from materiality.tables.problems import column_letters
from surveys.actions.imports import confirm_import, discard_import, request_import
from surveys.matching.balance import DOUBTS
from surveys.matching.match import CONSTANTS, OUTSIDE_DROP, OUTSIDE_KEEP
from surveys.models import ResponseImport, Survey
from surveys.queries.imports import stage_of
from surveys.responses.reading import (
    balance_sentence,
    cell_sentence,
    doubt_sentence,
    note_sentence,
    reading_once,
    unanswered,
)

MOST_LINES = 50


class Command(BaseCommand):
    help = (
        "Import a CSV or XLSX file; all of it, or nothing. A file of another survey tool comes in by a column match: "
        "`--match auto` guesses it, and refuses with the list of doubts where it is not clear."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--match",
            default="",
            metavar="NAME|auto",
            help="column match of a file of another tool: auto, a saved match, or limesurvey, wjx, formbricks, "
            "kobotoolbox; a file in the `responses` format needs none",
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, store nothing")
        parser.add_argument("--again", action="store_true", help="import a file that was imported before once more")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave out the rows that cannot be read")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the balance of the file, and every doubt")
        parser.add_argument(
            "--outside",
            choices=(OUTSIDE_DROP, OUTSIDE_KEEP),
            default="",
            help="ratings of items that a group is not asked: leave them out, or keep them outside the plan",
        )
        parser.add_argument(
            "--accept",
            action="append",
            default=[],
            choices=sorted(DOUBTS),
            help="a doubt of the balance that is meant so",
        )
        parser.add_argument(
            "--constant", action="append", default=[], metavar="FIELD=VALUE",
            help=f"what holds for every row of the file: {', '.join(CONSTANTS)}",
        )  # fmt: skip

    def handle(self, *args: str, **options: object) -> None:
        survey = Survey.objects.filter(code=options["survey"]).first()
        if survey is None:
            raise CommandError(f'There is no survey with the code "{options["survey"]}".')
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        self.json, self.answers = options["json"], self._answers(options)
        try:
            with reading_once():
                imported = self._check_and_store(survey, options)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        if options["dry_run"]:
            return
        self.stdout.write(f"{imported.summary['good']} responses stored in {survey.code}")

    def _answers(self, options: dict) -> dict:
        constants = dict(pair.partition("=")[::2] for pair in options["constant"])
        if unknown := constants.keys() - {*CONSTANTS}:
            raise CommandError(f"--constant knows {', '.join(CONSTANTS)}, not {', '.join(sorted(unknown))}.")
        return {"outside": options["outside"], "accepted": options["accept"], "constants": constants}

    def _check_and_store(self, survey: Survey, options: dict) -> ResponseImport:
        imported = self._checked(survey, options)
        if options["dry_run"]:
            self._write(imported, "checked")
            return discard_import(imported=imported, by=None)
        self._refuse_imbalance(imported)
        imported = confirm_import(imported=imported, by=None, skip_bad_rows=options["skip_bad_rows"], send=False)
        _run(imported)
        self._write(imported, "stored")
        return imported

    def _checked(self, survey: Survey, options: dict) -> ResponseImport:
        imported = request_import(
            survey=survey, path=options["file"], file_name=options["file"].name, by=None,
            again=options["again"] or options["dry_run"], match_name=options["match"], answers=self.answers, send=False,
        )  # fmt: skip
        try:
            _run(imported)
        except CommandError:
            discard_import(imported=imported, by=None)
            raise
        imported.refresh_from_db()
        if imported.state == ResponseImport.State.REFUSED:
            self._write(imported, "refused")
            raise CommandError(imported.problem)
        if stage_of(imported) == "match":
            self._refuse(imported, options["match"])
        self._report(imported.summary)
        bad = imported.summary["bad_rows"] or not imported.summary["header_ok"]
        if bad and not (options["skip_bad_rows"] and imported.summary["header_ok"]):
            self._write(imported, "refused")
            discard_import(imported=imported, by=None)
            raise CommandError(
                f"{imported.summary['errors']} errors in {imported.summary['bad_rows'] or 'the header'}"
                f"{' rows' if imported.summary['bad_rows'] else ''}: nothing was stored."
            )
        return imported

    def _refuse_imbalance(self, imported: ResponseImport) -> None:
        """A file that was read, but does not balance with what the survey expects."""
        doubts = unanswered(imported)
        if not doubts:
            return
        self._write(imported, "refused")
        discard_import(imported=imported, by=None)
        for doubt in doubts:
            self.stdout.write(f"{doubt['code']}: {balance_sentence(doubt)}")
        ways = sorted(
            {"--outside keep|drop" if each["code"] == "outside_plan" else f"--accept {each['code']}" for each in doubts}
        )
        raise CommandError(
            f"{len(doubts)} doubts about the rows: nothing was stored. If it is meant so: {' '.join(ways)}"
        )

    def _refuse(self, imported: ResponseImport, name: str) -> None:
        """A foreign file whose columns are not certain, or for which no match was asked."""
        guessed = imported.summary["guess"]
        self._write(imported, "refused")
        discard_import(imported=imported, by=None)
        for doubt in guessed["doubts"][:MOST_LINES]:
            where = f'column {column_letters(doubt["column"])} "{doubt["header"]}": ' if doubt["column"] >= 0 else ""
            self.stdout.write(f"{where}{doubt_sentence(doubt)}")
        if len(guessed["doubts"]) > MOST_LINES:
            self.stdout.write(f"… and {len(guessed['doubts']) - MOST_LINES} more")
        found = f"{guessed['found']} of the {guessed['asked']} issues of the survey were found in the columns"
        if not name:
            raise CommandError(
                f"This file is not in the `responses` format; {found}: use --match auto, or match its columns on the "
                "survey's import page. Nothing was stored."
            )
        raise CommandError(
            f"{len(guessed['doubts'])} doubts about the columns ({found}): nothing was stored. "
            "Upload the file on the survey's import page, where the match can be put right and saved under a name."
        )

    def _report(self, summary: dict) -> None:
        for error in summary["listed"][:MOST_LINES]:
            sentence = cell_sentence(error["code"], error["value"], error["params"])
            where = f"row {error['row']}, {error['column'] or error['cell']}"
            self.stdout.write(f'{where} = "{error["value"]}": {sentence}')
        if summary["errors"] > MOST_LINES:
            self.stdout.write(f"… and {summary['errors'] - MOST_LINES} more")
        for note in summary.get("notes", []):
            self.stdout.write(note_sentence(note))
        self.stdout.write(
            f"{summary['rows']} rows: {summary['good'] - summary['duplicates']} new, "
            f"{summary['duplicates']} duplicate, {summary['bad_rows']} bad"
        )

    def _write(self, imported: ResponseImport, state: str) -> None:
        """The balance with every doubt in words, where it was asked for."""
        if self.json is None:
            return
        summary = imported.summary
        columns = [
            {
                "code": doubt["code"], "header": doubt["header"], "sentence": doubt_sentence(doubt),
                "column": column_letters(doubt["column"]) if doubt["column"] >= 0 else "",
            }
            for doubt in summary.get("guess", {}).get("doubts", [])
        ]  # fmt: skip
        rows = [
            {**doubt, "sentence": balance_sentence(doubt)} for doubt in summary.get("balance", {}).get("doubts", [])
        ]
        told = {
            "file": imported.file_name, "survey": imported.survey.code, "state": state, "problem": imported.problem,
            "doubts": columns if "rows" not in summary else rows,
            "balance": {name: value for name, value in summary.get("balance", {}).items() if name != "doubts"},
            **{name: summary[name] for name in _COUNTS if name in summary},
        }  # fmt: skip
        self.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


_COUNTS = ("rows", "good", "bad_rows", "errors", "duplicates", "unfinished", "flags", "groups", "listed", "notes")


def _run(imported: ResponseImport) -> None:
    jobs.execute(str(imported.job_id))
    imported.job.refresh_from_db()
    if imported.job.state != imported.job.State.DONE:
        raise CommandError(imported.job.error)
