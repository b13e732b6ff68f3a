"""Screen the responses of a survey from the command line."""

from dataclasses import replace

from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.screening import change_rules, screen_survey
from surveys.models import Survey
from surveys.queries.fieldwork import kinds_of, valid_number
from surveys.queries.screening import grouped_rules
from surveys.queries.surveys import named_survey
from surveys.questionnaire.screening import RULE, BadRules, Rules
from surveys.responses.screening import flags_of_survey, rules_in_force
from surveys.responses.trials import dry_run

VALID = {"before": "valid before", "after": "valid after", "go": "would go", "back": "would come back"}
SYNTAX = "FLAG=EFFECT[:PARAMETER[:PARAMETER]]"


class Command(ActionCommand):
    help = "Screen all stored responses of a survey again by its rules, or try out and change the rules."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("--dry-run", action="store_true", help="print what would change and store nothing")
        parser.add_argument(
            "--rule",
            action="append",
            default=[],
            metavar=SYNTAX,
            help="another effect and parameters of a rule, such as speeding=reject:0.8 or straight_line=mark:90:25",
        )
        parser.add_argument("--reason", default="", help="why the rules change; needed where scores were computed")

    def handle(self, *args: str, **options: object) -> None:
        survey = named_survey(options["survey"])
        rules = _changed(survey, options["rule"])
        if options["dry_run"]:
            self._trial(dry_run(survey, rules))
            return
        moved = self._apply(survey, rules, options)
        survey.refresh_from_db()
        self._counts(survey)
        self.stdout.write(f"{moved} responses carry other flags than before")

    def _apply(self, survey: Survey, rules: Rules, options: dict) -> int:
        if not options["rule"]:
            return screen_survey(survey=survey, by=None)
        changed = change_rules(survey=survey, rules=rules, reason=options["reason"], by=None)
        self.stdout.write(f"version {changed.version} of the rules is in force")
        return changed.moved

    def _counts(self, survey: Survey) -> None:
        """Flagged responses per rule and group, and the valid ones, as a table with tabs."""
        groups, kinds = list(survey.cycle.groups.all()), kinds_of([survey])
        self._line("flag", "together", *(group.code for group in groups))
        for rule in grouped_rules(survey, groups, kinds):
            self._line(rule.together.flag, rule.together.flagged, *(cell.flagged for cell in rule.cells))
        per_group = [[kind for kind in kinds if kind.group == group.pk] for group in groups]
        self._line("valid", *(valid_number([survey], some) for some in (kinds, *per_group)))

    def _line(self, *values: object) -> None:
        self.stdout.write("\t".join(map(str, values)))

    def _trial(self, found: dict) -> None:
        """The same table before → after, with what goes and comes back, and the tiers."""
        groups = list(found["groups"])
        self._line("flag", "together", *groups)
        for flag, cells in found["rules"].items():
            together = {name: sum(cell[name] for cell in cells.values()) for name in next(iter(cells.values()), {})}
            self._line(flag, *(_cell(cell) for cell in (together, *cells.values())))
        for name, words in VALID.items():
            numbers = [found["groups"][group][name] for group in groups]
            self._line(words, sum(numbers), *numbers)
        self._tiers(found)
        self.stdout.write(f"dry run: {found['moved']} responses would carry other flags; nothing was stored")

    def _tiers(self, found: dict) -> None:
        if found["no_tiers"]:
            self.stdout.write(f"tiers: {found['no_tiers']}")
            return
        tiers = found["tiers"]
        for change in tiers["changes"]:
            shown = [
                f"{name} {_figure(change[name][0])} -> {_figure(change[name][1])}"
                for name in ("tier", "priority", "society", "business")
            ]
            self._line(change["code"], change["level"], *shown)
        self.stdout.write(f"{len(tiers['changes'])} of {tiers['compared']} issues would be in another tier")


def _changed(survey: Survey, wanted: list[str]) -> Rules:
    """The rules in force with what the command line says in their place; CommandError where it cannot be read."""
    rules = rules_in_force(survey)
    for text in wanted:
        flag, _equals, rest = text.partition("=")
        effect, *values = rest.split(":")
        known = flags_of_survey(survey)
        if flag not in known:
            raise CommandError(f'There is no rule "{flag}". Rules: {", ".join(known)}.')
        if effect not in RULE[flag].effects:
            raise CommandError(f'"{text}": the effect is one of {", ".join(RULE[flag].effects)}.')
        rules = _with(rules, text, flag, effect, values)
    return rules


def _with(rules: Rules, text: str, flag: str, effect: str, values: list[str]) -> Rules:
    parameters = RULE[flag].parameters
    if len(values) > len(parameters):
        takes = ", ".join(each.name for each in parameters) or "none"
        raise CommandError(f'"{text}" gives too many parameters; {flag} takes: {takes}.')
    try:
        given = {each.attribute: type(each.default)(value) for each, value in zip(parameters, values, strict=False)}
        return replace(rules, effects={**rules.effects, flag: effect}, **given)
    except (ValueError, BadRules) as problem:
        limits = "; ".join(f"{each.name} from {each.low} to {each.high}" for each in parameters)
        raise CommandError(f'"{text}" cannot be used: {limits}.') from problem


def _cell(cell: dict) -> str:
    moves = f" (-{cell['go']} +{cell['back']})" if cell.get("go") or cell.get("back") else ""
    return f"{cell.get('flagged_before', 0)} -> {cell.get('flagged_after', 0)}{moves}"


def _figure(value: object) -> str:
    return "-" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
