"""Doubts about a foreign file: of each kind what it says, and what can be said of it, in a word and on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from materiality.scoring.cube import BUSINESS, SOCIETY
from materiality.tables.problems import N_, column_letters
from surveys.matching.match import OUTSIDE_DROP, OUTSIDE_KEEP, OUTSIDE_WIDEN, TRIAL

ACCEPT, TURN, LEAVE, SKIP, SURVEY = "accept", "turn", "leave", "skip", "survey"
# What a choice looks like where a person writes it.
TARGET, LETTERS, WORDS, ORDER = "TARGET", "LETTERS OF A COLUMN", "ANSWER=VALUE;…", "LOWEST < … < HIGHEST"
GROUP, ZONE, LENGTH = "GROUP", "ZONE", "LENGTH"


@dataclass(frozen=True)
class DoubtKind:
    """`text` is the sentence; `choices` what can be said, with its words on the page ('' where the page has a field for
    it). `of_answers`: it is about what the answers mean, and stays where the column is taken for something else. `many`
    is the sentence for several columns, which are asked about together.
    """

    text: str
    choices: Mapping[str, str] = field(default_factory=dict)
    of_answers: bool = False
    many: str = ""


_LEFT_OUT = {ACCEPT: N_("Leave out"), TARGET: ""}
_SIDES = {
    SOCIETY: N_("The impact on society"),
    BUSINESS: N_("The impact on the business"),
    LEAVE: N_("Neither: leave out"),
}
_ROUND = {
    TURN: N_("1 is the most: turn these ratings round"),
    ACCEPT: N_("1 is the least: leave them as they are"),
}
_READ = {ACCEPT: N_("Read it so")}
_MEANT = {ACCEPT: N_("It is meant so")}

# About columns and the file, before a row is read.
COLUMN_KINDS = {
    "few_issues": DoubtKind(
        N_("Only %(found)s of the %(asked)s issues of this survey were found. Is it the right survey?"),
        {ACCEPT: N_("Yes, the file has no more of them")},
    ),
    "no_issues": DoubtKind(
        N_("None of the %(asked)s issues of this survey was found in the columns. Is it the right survey?")
    ),
    "no_group": DoubtKind(N_("No column says which stakeholder group somebody belongs to."), {GROUP: ""}),
    "several_groups": DoubtKind(
        N_("Several columns could be the stakeholder group: %(columns)s."),
        {ACCEPT: N_("As recognised"), LETTERS: ""},
    ),
    "group_words": DoubtKind(N_("It is not clear which stakeholder group is meant: %(values)s."), {WORDS: ""}),
    "dimension": DoubtKind(
        N_("The heading does not say whether the impact on society or on the business is rated."), _SIDES,
        many=N_("These headings do not say whether the impact on society or on the business is rated."),
    ),
    "dimension_by_answers": DoubtKind(
        N_("Only the words of the answers say whether the impact on society or on the business is rated."),
        {ACCEPT: N_("As recognised"), **_SIDES},
        many=N_("Only the words of the answers say whether the impact on society or on the business is rated."),
    ),
    "doubled": DoubtKind(
        N_("%(target)s was found in two columns, also in %(first)s."), _LEFT_OUT,
        many=N_("These columns are about items that an earlier column holds already."),
    ),
    "near_issue": DoubtKind(
        N_("The name is like that of %(target)s, but not the same."),
        {ACCEPT: N_("As recognised"), LEAVE: N_("Leave out"), TARGET: ""},
        many=N_("These headings are like names of issues, but not the same."),
    ),
    "unknown_issue": DoubtKind(
        N_("This row stands among the issues but is none of the survey's."), _LEFT_OUT,
        many=N_("These rows stand among the issues but are none of the survey's."),
    ),
    "order_of_words": DoubtKind(
        N_("The order of these answers is not certain: %(values)s."), {ORDER: "", WORDS: ""}, of_answers=True
    ),
    "unknown_values": DoubtKind(
        N_("It is not known what these answers mean: %(values)s."), {WORDS: "", ORDER: ""}, of_answers=True
    ),
    "number_after_scale": DoubtKind(
        N_("%(value)s lies after the end of the scale 1 to %(k)s: is it “don't know”?"),
        {ACCEPT: N_("Yes, it is “don't know”"), SKIP: N_("No, the question was skipped")},
        of_answers=True,
    ),
    "numbers_against_words": DoubtKind(
        N_("The numbers and the words beside them do not run the same way: %(values)s."),
        {ACCEPT: N_("The numbers are right"), TURN: N_("The words are right: turn the numbers round")},
        of_answers=True,
    ),
    "turned_round": DoubtKind(N_("The question says that 1 is the most."), _ROUND, of_answers=True),
    "ranking": DoubtKind(N_("The question asks for a ranking, in which 1 may be the most."), _ROUND, of_answers=True),
    "scale_end": DoubtKind(
        N_("Nobody gave more than %(value)s: is it another scale than 1 to %(k)s?"),
        {ACCEPT: N_("No, nobody gave the highest"), LENGTH: ""},
        of_answers=True,
    ),
    "consent_words": DoubtKind(N_("It is not clear whether these answers mean consent: %(values)s."), {WORDS: ""}),
    "date_order": DoubtKind(
        N_("Day and month cannot be told apart in these dates, such as %(value)s."),
        {"dmy": N_("Day first: 31/12/2026"), "mdy": N_("Month first: 12/31/2026")},
        of_answers=True,
    ),
    "several_comments": DoubtKind(
        N_("Several open questions could be the comment: %(columns)s."),
        {ACCEPT: N_("As recognised"), LETTERS: ""},
    ),
    "not_the_tool": DoubtKind(
        N_("The file does not look like an export of %(tool)s."), {ACCEPT: N_("Read it as one all the same")}
    ),
    "language_words": DoubtKind(N_("These languages are not known: %(values)s."), {WORDS: ""}),
    "duration": DoubtKind(N_("These durations cannot be read: %(values)s."), {LEAVE: N_("Leave out")}),
    # Columns that are taken for nothing.
    "rating_like": DoubtKind(
        N_("The answers look like ratings (%(values)s), but the heading names no issue of the survey."), _LEFT_OUT,
        many=N_("The answers look like ratings, but these headings name no issue of the survey."),
    ),
    "date_like": DoubtKind(
        N_("The cells are dates (such as %(value)s), but the heading does not say of what."), _LEFT_OUT,
        many=N_("The cells are dates, but these headings do not say of what."),
    ),
    "unnamed_column": DoubtKind(
        N_("The heading does not say what the column is; it has cells such as %(values)s."), _LEFT_OUT,
        many=N_("These headings do not say what the columns are."),
    ),
    "status_like": DoubtKind(
        N_("Does this say whether a response was finished: %(values)s?"),
        {"finished": N_("Yes, it says who finished"), ACCEPT: N_("No, leave it out")},
    ),
    "status_words": DoubtKind(N_("It is not clear whether these words mean finished: %(values)s."), {WORDS: ""}),
    "trial_rows": DoubtKind(
        N_("Some rows seem to be tests, previews or not valid: %(values)s."),
        {TRIAL: N_("Leave these rows out"), ACCEPT: N_("They are real responses")},
    ),
    "text_like": DoubtKind(
        N_("People wrote texts here. Is it the open question?"),
        {"comment": N_("Yes, it is the open question"), ACCEPT: N_("No, leave it out")},
    ),
    "consent_like": DoubtKind(
        N_("Somebody said no here (%(values)s). Is it the consent?"),
        {"consent": N_("Yes, it is the consent"), ACCEPT: N_("No, leave it out")},
    ),
    "token_like": DoubtKind(
        N_("Each row has its own value here. Does it say who answered?"),
        {"token": N_("Yes, it says who answered"), ACCEPT: N_("No, leave it out")},
    ),
    "lacking": DoubtKind(
        N_("%(number)s of the %(items)s items that the survey asks have no column: %(examples)s."),
        {ACCEPT: N_("They were not asked: count them so")},
    ),
    # Times and scales.
    "mixed_dates": DoubtKind(
        N_("Some cells are dates and others text, such as %(value)s: day and month may be swapped in some."),
        {ACCEPT: N_("The dates are right")},
        of_answers=True,
    ),
    "no_times": DoubtKind(
        N_("The heading says that these are times, but the cells (such as %(value)s) are no dates."), _LEFT_OUT,
        many=N_("These headings say that the columns are times, but the cells are no dates."),
    ),
    "zone_column": DoubtKind(
        N_("Each row names its own time zone here (%(values)s), which is not looked at."),
        {ACCEPT: N_("All times are in the zone of the survey")},
    ),
    "zone_words": DoubtKind(N_("Which time zone “%(value)s” is cannot be told."), {ZONE: ""}),
    "other_zone": DoubtKind(
        N_("The heading says that the times are in %(zone)s, the survey is in %(survey)s."),
        {ACCEPT: N_("The times are as the heading says"), SURVEY: N_("The times are in the zone of the survey")},
    ),
    "turned_in_text": DoubtKind(N_("A text beside the answers says that 1 is the most: “%(text)s”."), _ROUND),
    # The file as a whole.
    "aggregates": DoubtKind(
        N_(
            "These seem to be figures per group, not responses: %(rows)s rows, each of another group. Responses are"
            " rows of one person each."
        ),
        {ACCEPT: N_("They are responses, one person in each row")},
    ),
    "sheet_unread": DoubtKind(
        N_("The sheet %(sheet)s is not read, though its %(rows)s rows look like answers."),
        {ACCEPT: N_("Leave the sheet out")},
    ),
    "sheet_groups": DoubtKind(
        N_("The sheets seem to be one per group: %(sheets)s."), {ACCEPT: N_("Yes, each sheet is that group")}
    ),
    "sheets_share_people": DoubtKind(
        N_("%(number)s people stand in more than one sheet: each sheet would make a response of its own."), _READ
    ),
    "long_without_key": DoubtKind(N_("The file has a line per answer, but no column says whose line it is."), _READ),
    "long_without_ratings": DoubtKind(
        N_("The file has a line per answer, but no column was found that holds the rating."), _READ
    ),
    "long_twice": DoubtKind(
        N_("%(number)s lines give a rating that an earlier line of the same person gave already."),
        {ACCEPT: N_("The last line counts")},
    ),
    "long_beyond": DoubtKind(
        N_("%(number)s cells stand to the right of the last named column."), {ACCEPT: N_("Leave them out")}
    ),
    "long_differing": DoubtKind(
        N_("%(number)s lines say something else about a person than the person's first line."),
        {ACCEPT: N_("The first line counts")},
    ),
}  # fmt: skip

# About the rows, when all of them were read.
ROW_KINDS = {
    "outside_plan": DoubtKind(
        N_("%(number)s ratings are of items that the group is not asked: %(groups)s."),
        {
            OUTSIDE_DROP: N_("Leave these ratings out"),
            OUTSIDE_KEEP: N_("Keep them beside the plan: stored and exported, counted nowhere"),
            OUTSIDE_WIDEN: N_("Change the plan: these groups were asked this, and the ratings count"),
        },
    ),
    "row_numbers": DoubtKind(
        N_(
            "%(number)s of the tokens are known already, and they only count the rows (%(example)s …): the same people"
            " once more, or another file that begins at one?"
        ),
        {
            ACCEPT: N_("The same people: only the first response of each counts"),
            LEAVE: N_("Another file: leave the row numbers out, every row counts"),
        },
    ),
    "duplicates": DoubtKind(
        N_("%(number)s of %(rows)s responses have a token that another has: only the first of each counts."), _MEANT
    ),
    "out_of_window": DoubtKind(
        N_(
            "%(number)s of %(rows)s responses were submitted outside the fieldwork, between %(first)s and %(last)s, and"
            " will not count. Are dates and zone right?"
        ),
        {ACCEPT: N_("Dates and zone are right")},
    ),
    "all_unfinished": DoubtKind(N_("None of the %(rows)s responses is finished: none will count."), _MEANT),
    "silent_columns": DoubtKind(
        N_("%(number)s items have a column in which nobody gave a rating: %(examples)s."),
        {ACCEPT: N_("Nobody rated them")},
    ),
    "more_sheets": DoubtKind(
        N_("The workbook has more sheets of responses, which are not read: %(sheets)s."),
        {ACCEPT: N_("Leave these sheets out")},
    ),
    "hidden_sheets": DoubtKind(
        N_("Responses were read from hidden sheets: %(sheets)s."), {ACCEPT: N_("They are to be read")}
    ),
    "hidden_rows": DoubtKind(
        N_("%(number)s rows are hidden in the spreadsheet, as by a filter. They are read like the others."),
        {ACCEPT: N_("They are to be read")},
    ),
    "strange_columns": DoubtKind(
        N_("The match does not know %(number)s columns: %(examples)s. They are not taken in."),
        {ACCEPT: N_("Leave these columns out")},
    ),
    "missing_columns": DoubtKind(
        N_("The file lacks %(number)s columns that the match knows: %(examples)s."),
        {ACCEPT: N_("Read it without them")},
    ),
    "stands_out": DoubtKind(
        N_("In %(number)s columns the ratings run against all others: %(examples)s. Is 1 the most there?"),
        {ACCEPT: N_("No, they are right as they stand")},
    ),
}  # fmt: skip

KINDS: Mapping[str, DoubtKind] = {**COLUMN_KINDS, **ROW_KINDS}


@dataclass(frozen=True)
class Doubt:
    """`code` is a key of `KINDS`, `column` the place of the column from 0, -1 for the file as a whole."""

    code: str
    column: int = -1
    header: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    names: Sequence[str] = ()  # what it is about by name, where a saved match can remember that it is meant so

    @property
    def id(self) -> str:
        """The same for the same file: `unknown_values@F`, `sheet_unread@Averages`, `few_issues`."""
        place = column_letters(self.column) if self.column >= 0 else str(self.params.get("sheet", ""))
        return f"{self.code}@{place}" if place else self.code

    def to_json(self) -> dict:
        """Plain values."""
        params = {name: str(value) for name, value in self.params.items()}
        return {
            "id": self.id, "code": self.code, "column": self.column, "header": self.header, "params": params,
            "names": list(self.names),
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping) -> "Doubt":
        """The doubt of its JSON."""
        return cls(*(plain[name] for name in ("code", "column", "header", "params")), plain.get("names", ()))
