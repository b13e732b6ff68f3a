"""What is not certain about a foreign file, and the answers that its columns hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from materiality.tables.problems import N_, Fault, column_letters
from surveys.intake.columns import shown_cell


@dataclass(frozen=True)
class Doubt:
    """`code` is a key of MESSAGES, `column` the place of the column from 0, -1 for the file as a whole."""

    code: str
    column: int = -1
    header: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for the same file: `unknown_values@F`, `sheet_unread@Averages`, `few_issues`."""
        place = column_letters(self.column) if self.column >= 0 else str(self.params.get("sheet", ""))
        return f"{self.code}@{place}" if place else self.code

    def to_json(self) -> dict:
        """Plain values."""
        params = {name: str(value) for name, value in self.params.items()}
        return {"id": self.id, "code": self.code, "column": self.column, "header": self.header, "params": params}


MESSAGES = {
    "few_issues": N_("Only %(found)s of the %(asked)s issues of this survey were found. Is it the right survey?"),
    "no_issues": N_("None of the %(asked)s issues of this survey was found in the columns. Is it the right survey?"),
    "no_group": N_("No column says which stakeholder group somebody belongs to."),
    "several_groups": N_("Several columns could be the stakeholder group: %(columns)s."),
    "group_words": N_("Which stakeholder group is meant is not clear: %(values)s. Add it to the values."),
    "dimension": N_("The question does not say which of the two dimensions it is about."),
    "dimension_by_answers": N_("Only the words of the answers say which dimension this is."),
    "doubled": N_("%(target)s was found in two columns, also in %(first)s."),
    "near_issue": N_("The name is like that of %(target)s, but not the same."),
    "unknown_issue": N_("This row stands among the issues but is none of the survey's."),
    "order_of_words": N_("The order of these answers is not certain: %(values)s."),
    "unknown_values": N_("It is not known what these answers mean: %(values)s. Add them to the values."),
    "number_after_scale": N_("%(value)s lies after the end of the scale 1 to %(k)s: is it “don't know”?"),
    "numbers_against_words": N_("The numbers and the words beside them do not run the same way: %(values)s."),
    "turned_round": N_("The question says that 1 is the most."),
    "ranking": N_("The question asks for a ranking, in which 1 may be the most."),
    "scale_end": N_("Nobody gave more than %(value)s: is it another scale than 1 to %(k)s?"),
    "consent_words": N_("Whether these answers are a consent is not clear: %(values)s."),
    "date_order": N_("Day and month cannot be told apart in these dates, such as %(value)s."),
    "several_comments": N_("Several open questions could be the comment: %(columns)s."),
    "not_the_tool": N_("The file does not look like an export of %(tool)s."),
    "language_words": N_("These languages are not known: %(values)s."),
    "duration": N_("These durations cannot be read: %(values)s."),
    # Columns that are taken for nothing.
    "rating_like": N_("The answers look like ratings (%(values)s), but the column is taken for nothing."),
    "date_like": N_("The cells are dates (such as %(value)s), but the column is taken for nothing."),
    "unnamed_column": N_("The header does not say what the column is; it has cells such as %(values)s."),
    "status_like": N_("Does this say whether a response was finished? It is taken for nothing: %(values)s."),
    "status_words": N_("Whether these words mean finished is not clear: %(values)s. Add them to the values."),
    "trial_rows": N_("Some rows seem to be tests or previews: %(values)s. Leave them out, or say that they count."),
    "text_like": N_("People wrote texts here; is it the open question? It is taken for nothing."),
    "consent_like": N_("Somebody said no here (%(values)s); is it the consent? It is taken for nothing."),
    "token_like": N_("Each row has its own value here; is it who answered? It is taken for nothing."),
    "lacking": N_("%(number)s of the %(items)s items that the survey asks have no column: %(examples)s."),
    # Times and scales.
    "mixed_dates": N_("Some cells are dates and others text, such as %(value)s: day and month may be swapped in some."),
    "zone_words": N_("Which time zone “%(value)s” is cannot be told. Choose the zone of the times."),
    "other_zone": N_("The header says that the times are in %(zone)s, the survey is in %(survey)s. Confirm the zone."),
    "turned_in_text": N_("A text beside the answers says that 1 is the most: “%(text)s”."),
    # The file as a whole.
    "aggregates": N_(
        "These seem to be figures per group, not responses: %(rows)s rows, each of another group. Responses are rows of"
        " one person each."
    ),
    "sheet_unread": N_("The sheet %(sheet)s is not read, though its %(rows)s rows look like answers."),
    "sheet_groups": N_("The sheets seem to be one per group: %(sheets)s."),
    "sheets_share_people": N_(
        "%(number)s people stand in more than one sheet: each sheet would make a response of its own."
    ),
    "long_without_key": N_("The file has a line per answer, but no column says whose line it is."),
    "long_without_ratings": N_("The file has a line per answer, but no column was found that holds the rating."),
    "long_twice": N_("%(number)s lines give a rating that an earlier line of the same person gave already."),
    "long_beyond": N_("%(number)s cells stand to the right of the last named column."),
    "long_differing": N_("%(number)s lines say something else about a person than the person's first line."),
}


MOST_ROWS = 20_000
MOST_ANSWERS = 200
_CHUNK = 500
_LONGEST = 300


@dataclass
class ColumnAnswers:
    """Different answers of a column as text; `many` where there are more than were kept."""

    texts: dict[str, None] = field(default_factory=dict)
    many: bool = False

    def take(self, cells: Iterable[object]) -> None:
        """Add cells; faults of the spreadsheet are no answers."""
        if self.many:
            return
        for cell in dict.fromkeys(cells):
            if not isinstance(cell, Fault):
                self.texts.setdefault(cell[:_LONGEST] if isinstance(cell, str) else shown_cell(cell, _LONGEST))
        self.many = len(self.texts) > MOST_ANSWERS

    def given(self) -> list[str]:
        """The answers that are not empty."""
        return [text for text in self.texts if text.strip()]


def collect(rows: Iterable[Sequence[object]], width: int) -> list[ColumnAnswers]:
    """ColumnAnswers of the first `width` columns in the first 20,000 rows."""
    columns = [ColumnAnswers() for _column in range(width)]
    rows = islice(rows, MOST_ROWS)
    while chunk := list(islice(rows, _CHUNK)):
        wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
        for answers, cells in zip(columns, zip(*wide, strict=False), strict=False):
            answers.take(cells)
    return columns
