"""What is not certain about a guessed match: doubts as values, and their English sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.intake.problems import N_


@dataclass(frozen=True)
class Doubt:
    """`code` is a key of MESSAGES, `column` the place of the column from 0, -1 for the file as a whole."""

    code: str
    column: int = -1
    header: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict:
        """Plain values."""
        params = {name: str(value) for name, value in self.params.items()}
        return {"code": self.code, "column": self.column, "header": self.header, "params": params}


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
    "turned_round": N_("The question says that 1 is the most. Turn the values round."),
    "ranking": N_("The question asks for a ranking, in which 1 may be the most. Turn the values round if so."),
    "scale_end": N_("Nobody gave more than %(value)s: is it another scale than 1 to %(k)s?"),
    "consent_words": N_("Whether these answers are a consent is not clear: %(values)s."),
    "date_order": N_("Day and month cannot be told apart in these dates, such as %(value)s."),
    "several_comments": N_("Several open questions could be the comment: %(columns)s."),
    "not_the_tool": N_("The file does not look like an export of %(tool)s."),
    "language_words": N_("These languages are not known: %(values)s."),
    "duration": N_("These durations cannot be read: %(values)s."),
}
