"""Make an output from the command line, without worker and queue."""

from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from materiality.models import Cycle, Run
from materiality.platform.commands import ActionCommand
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import cycle_named
from reports.documents.gaps import gaps_in
from reports.documents.process_text import kept_template
from reports.outputs import FORMER, KINDS, build_output, output_inputs
from reports.queries.matrix import LEVELS, WEIGHTINGS


class Command(ActionCommand):
    help = "Write an output of a cycle to a file: " + "; ".join(
        f"{kind.code} ({', '.join(kind.formats)})" for kind in KINDS.values()
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("kind", choices=[*KINDS, *FORMER])
        parser.add_argument("--format", required=True, metavar="FMT")
        parser.add_argument("--language", required=True)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument(
            "--option",
            nargs="+",
            action="extend",
            default=[],
            metavar="KEY=VALUE",
            help=f"of the kind, such as {_known()}",
        )
        parser.add_argument("--level", choices=LEVELS, help="issues of the matrix")
        parser.add_argument("--weighting", choices=WEIGHTINGS)
        parser.add_argument("--run", type=int, metavar="N", help="number of the scoring run; the newest by default")

    def handle(self, *args: str, **options: object) -> None:
        cycle = cycle_named(options["cycle"])
        wanted = {name: options[name] for name in ("kind", "format", "language")}
        inputs = output_inputs(cycle, options=_chosen(options), run=_run(cycle, options["run"]), **wanted)
        for gap in gaps_in(inputs):
            self.stderr.write(gap)
        contents = build_output(inputs)
        options["out"].write_bytes(contents)
        self.stdout.write(_("%(file)s: %(size)s bytes") % {"file": options["out"], "size": len(contents)})


def _known() -> str:
    shown = [option for kind in KINDS.values() for option in kind.options if option.choices]
    return ", ".join(dict.fromkeys(f"{each.name}={'|'.join(value for value, _word in each.choices)}" for each in shown))


def _chosen(options: dict) -> dict[str, str]:
    """Options of the command as the output takes them. NotAllowed where one is not KEY=VALUE."""
    chosen = {name: options[name] for name in ("level", "weighting") if options[name]}
    for text in options["option"]:
        name, equals, value = text.partition("=")
        if not equals:
            raise NotAllowed(_("“%(text)s” is not an option. Write KEY=VALUE.") % {"text": text})
        chosen[name] = _kept(Path(value)) if name == "template" else value
    return chosen


def _kept(template: Path) -> str:
    """Where the template of a process text is kept. NotAllowed where there is none or it cannot be filled."""
    if not template.is_file():
        raise NotAllowed(_("There is no file “%(file)s”.") % {"file": template})
    return kept_template(template.read_bytes())


def _run(cycle: Cycle, number: int | None) -> Run | None:
    if number is None:
        return None
    run = cycle.runs.defer("cube").filter(number=number).first()
    if run is None:
        raise NotAllowed(_("The cycle has no run %(number)s.") % {"number": number})
    return run
