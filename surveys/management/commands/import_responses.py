"""Import responses from the command line."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.platform import jobs
from materiality.platform.commands import ActionCommand
from materiality.platform.refusals import NotAllowed
from materiality.tables.problems import column_letters
from surveys.actions.imports import confirm_import, discard_import, refuse_reserved, request_import
from surveys.matching.kinds import KINDS
from surveys.matching.match import CONSTANTS, IGNORED, ITEM, Target
from surveys.models import ResponseImport, Survey
from surveys.queries.imports import stage_of
from surveys.queries.surveys import named_survey
from surveys.responses.reading import (
    asked_of,
    cell_sentence,
    doubt_sentence,
    note_sentence,
    reading_once,
    row_choices,
    unanswered,
)

MOST_LINES = 50


class Command(ActionCommand):
    help = (
        "Import a CSV or XLSX file; all of it, or nothing. A file of another survey tool comes in by a column match: "
        "`--match auto` guesses it, and refuses with the list of doubts where it is not clear."
    )

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
            "--answer", action="append", default=[], metavar="ID=CHOICE",
            help="what is meant where the balance doubts it; with the kind of a doubt in place of its id for all such",
        )  # fmt: skip
        parser.add_argument(
            "--constant", action="append", default=[], metavar="FIELD=VALUE",
            help=f"what holds for every row of the file: {', '.join(CONSTANTS)}",
        )  # fmt: skip
        parser.add_argument(
            "--save-match", default="", metavar="NAME",
            help="keep how the file was read, with every answer, as a column match for `--match NAME`",
        )  # fmt: skip
        parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet that holds the responses")
        parser.add_argument("--header", default="", metavar="ROW[-ROW]", help="the row or rows of its header, from 1")

    def handle(self, *args: str, **options: object) -> None:
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        survey = named_survey(options["survey"])
        self.json, self.answers = options["json"], self._answers(options)
        with reading_once():
            imported = self._check_and_store(survey, options)
        if options["dry_run"]:
            return
        self.stdout.write(f"{imported.summary['good']} responses stored in {survey.code}")

    def _answers(self, options: dict) -> dict:
        constants = dict(pair.partition("=")[::2] for pair in options["constant"])
        if unknown := constants.keys() - {*CONSTANTS}:
            raise CommandError(f"--constant knows {', '.join(CONSTANTS)}, not {', '.join(sorted(unknown))}.")
        if options["save_match"] and not re.fullmatch(r"[-\w]{1,60}", options["save_match"], re.ASCII):
            raise CommandError("--save-match takes letters without accents, digits, hyphens and underscores only.")
        refuse_reserved(options["save_match"])
        said = dict(pair.partition("=")[::2] for pair in options["answer"])
        if bare := [name for name, choice in said.items() if not choice]:
            raise CommandError(f"--answer takes ID=CHOICE; {bare[0]} has no choice.")
        first, _dash, last = options["header"].partition("-")
        if options["header"] and not (first.isdecimal() and (last or first).isdecimal() and int(first)):
            raise CommandError(f"--header takes a row, such as 3, or several, such as 2-4; not {options['header']}.")
        head = list(range(int(first), int(last or first) + 1)) if options["header"] else []
        return {"said": said, "constants": constants, "sheet": options["sheet"], "head": head}

    def _check_and_store(self, survey: Survey, options: dict) -> ResponseImport:
        imported = self._checked(survey, options)
        if options["dry_run"]:
            self._write(imported, "checked")
            return discard_import(imported=imported, by=None)
        self._refuse_imbalance(imported)
        said = {"skip_bad_rows": options["skip_bad_rows"], "save_as": options["save_match"]}
        try:
            imported = confirm_import(imported=imported, by=None, **said, send=False)
        except NotAllowed:
            discard_import(imported=imported, by=None)
            raise
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
        if not balance_json(imported)["doubts"]:
            return
        number = self._tell_doubts(imported)
        raise CommandError(f"{number} doubts about the rows: nothing was stored. Answer each with --answer ID=CHOICE.")

    def _refuse(self, imported: ResponseImport, name: str) -> None:
        """A foreign file whose columns are not certain, or for which no match was asked."""
        guessed = imported.summary["guess"]
        number = self._tell_doubts(imported)
        found = f"{guessed['found']} of the {guessed['asked']} issues of the survey were found in the columns"
        if not name:
            raise CommandError(
                f"This file is not in the `responses` format; {found}: use --match auto, or match its columns on the "
                "survey's import page. Nothing was stored."
            )
        raise CommandError(
            f"{number} doubts about the columns ({found}): nothing was stored. Answer each with --answer ID=CHOICE, or "
            "upload the file on the survey's import page, where the match can be put right and saved under a name."
        )

    def _tell_doubts(self, imported: ResponseImport) -> int:
        """Write every open doubt with its place and its choices, and drop the import."""
        self._write(imported, "refused")
        doubts, given = balance_json(imported)["doubts"], self.answers["said"]
        discard_import(imported=imported, by=None)
        for doubt in doubts[:MOST_LINES]:
            where = f'column {doubt["column"]} "{doubt["header"]}": ' if doubt["column"] else ""
            choices = f"  [{' | '.join(doubt['choices'])}]" if doubt["choices"] else ""
            said = given.get(doubt["id"], given.get(doubt["kind"], ""))
            unread = f'  "{said}" is no such choice.' if said else ""
            self.stdout.write(f"{doubt['id']}: {where}{doubt['text']}{choices}{unread}")
        if len(doubts) > MOST_LINES:
            self.stdout.write(f"… and {len(doubts) - MOST_LINES} more")
        return len(doubts)

    def _report(self, summary: dict) -> None:
        for error in summary["listed"][:MOST_LINES]:
            sentence = cell_sentence(error["code"], error["value"], error["params"])
            place = f"sheet {error['sheet']}, " if error["sheet"] else ""
            where = f"{place}row {error['row']}, {error['column'] or error['cell']}"
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
        told = {
            "file": imported.file_name, "survey": imported.survey.code, "state": state, "problem": imported.problem,
            **{name: summary[name] for name in _COUNTS if name in summary}, **balance_json(imported),
        }  # fmt: skip
        self.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


_COUNTS = ("good", "bad_rows", "errors", "duplicates", "flags", "listed", "notes")


def balance_json(imported: ResponseImport) -> dict:
    """The balance as formats.md has it, every doubt with its sentence and what can be said of it.

    Where the columns are in doubt no row was read: then without counts.
    """
    summary = imported.summary
    balance = summary.get("balance") or _unread_balance(imported)
    if "balance" in summary:
        told = [(doubt, row_choices(doubt["code"], imported.survey)) for doubt in unanswered(imported)]
    else:
        told = [(doubt, KINDS[doubt["code"]].choices) for doubt in summary.get("guess", {}).get("doubts", [])]
    return {**balance, "doubts": [_doubt_json(*each) for each in told]}


def _doubt_json(doubt: dict, choices: Iterable[str]) -> dict:
    column = doubt.get("column", -1)
    return {
        "id": doubt["id"], "kind": doubt["code"], "sheet": doubt["params"].get("sheet") or doubt.get("sheet") or None,
        "column": column_letters(column) if column >= 0 else None, "row": doubt.get("row"),
        "header": doubt.get("header", ""), "text": doubt_sentence(doubt["code"], doubt["params"]),
        "choices": list(choices),
    }  # fmt: skip


def _unread_balance(imported: ResponseImport) -> dict:
    guessed, columns = imported.summary.get("guess", {}), imported.match.get("columns", [])
    sheets = guessed.get("sheets", [])
    sheet = sheets[0]["name"] if sheets else ""
    found = [Target(**column["target"]) for column in columns]
    items = {target.text: column_letters(at) for at, target in enumerate(found) if target.kind == ITEM}
    names = [f"{code}:{dimension}" for code, dimension in asked_of(imported.survey).items] if columns else []
    return {
        "sheets": sheets, "rows": {"left_out": guessed.get("left_out", [])},
        "columns": [
            {"sheet": sheet, "column": column_letters(at), "header": column["header"], "why": column["why"],
             "as": "" if target.kind == IGNORED else target.text}
            for at, (column, target) in enumerate(zip(columns, found, strict=True))
        ],
        "items": [{"item": name, "column": items.get(name)} for name in names],
        "outside_plan": [], "first": None, "last": None, "zone": imported.match.get("zone") or imported.survey.zone,
    }  # fmt: skip


def _run(imported: ResponseImport) -> None:
    jobs.execute(str(imported.job_id))
    imported.job.refresh_from_db()
    if imported.job.state != imported.job.State.DONE:
        raise CommandError(imported.job.error)
