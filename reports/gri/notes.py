"""What is said of a reading, in words: why it was repaired, is doubtful or refused."""

from collections.abc import Mapping

from materiality.tables.problems import N_

# Titles come in the reader's language: `%(meaning_title)s` from `meaning_title_zh` and `meaning_title_en`.
NOTES = {
    # taken
    "none": N_("Read as: none."),
    "remark": N_("“%(words)s” is kept as a note; it is not a GRI title."),
    "by_day": N_("By the day of publication, %(day)s, this is %(meaning)s, %(meaning_title)s."),
    "by_assumed_day": N_(
        "By the day of publication, which is assumed to be %(day)s, this is %(meaning)s, %(meaning_title)s."
    ),
    "joined_title": N_("The title is that of %(other)s; %(code)s took over from it, or it from %(code)s."),
    "open_year": N_("More than one year of this standard is in use; none is written."),
    # repaired
    "dot": N_("The dot is read as a hyphen."),
    "broken": N_("The code was broken over lines and is joined."),
    "zeros": N_("Zeros before a number are left out."),
    "year_by_title": N_("%(code)s is of %(years)s, not of %(year)s; the title says which is meant."),
    # doubtful
    "title_alone": N_("A title without a code. Is it %(meaning)s?"),
    "number_alone": N_("A number alone. Is it %(code)s?"),
    "standard_number": N_("A number alone. Write “%(code)s” if the whole standard is meant."),
    "chain": N_("Three numbers in a row: a range would be written %(code)s ~ …, a requirement %(code)s-a."),
    "number_beside": N_("Further figures stand beside %(code)s. Write every code out."),
    "wrong_year": N_("%(code)s is of %(years)s, not of %(year)s."),
    "other_title": N_("The title belongs to %(other)s, %(other_title)s, not to %(code)s."),
    "like_other": N_("The words are nearer to %(other)s, %(other_title)s, than to %(code)s. Which is meant?"),
    "title_of_year": N_("The title is that of %(meaning)s, and the year written is %(year)s. Which is meant?"),
    "old_title": N_("The title is that of %(meaning)s, which is not in edition %(edition)s. Which is meant?"),
    "year_needed": N_(
        "This number has two meanings: %(old)s, %(old_title)s, and %(meaning)s, %(meaning_title)s. Write the year."
    ),
    "year_needed_title": N_("This number has two meanings. The title fits %(meaning)s, %(meaning_title)s."),
    "two_meanings": N_(
        "On the day of publication %(code)s can be %(old)s, %(old_title)s, or %(meaning)s, %(meaning_title)s."
    ),
    "mixed_years": N_("The range begins in one year of the standard and ends in another."),
    "broken_number": N_("A line ends within the figures: is it %(code)s or %(other)s?"),
    "lost_zero": N_("A spreadsheet drops the zero at the end of a number: is it %(code)s or %(other)s?"),
    "says_not": N_("The words beside the code may say that it is not reported."),
    "words_before": N_("“%(words)s” stands before the code, and it is not clear what it says of it."),
    "pages": N_("“%(words)s” stands behind the figures: they may be pages."),
    "goes_on": N_("“%(words)s” says that more is meant. Write every code out."),
    "long_text": N_("The text beside the code is too long to be a title."),
    # of the crosswalk to another edition
    "was_equal": N_("It is the same: %(note)s"),
    "was_moved": N_("It has moved: %(note)s"),
    "was_merged": N_("It was merged into another: %(note)s"),
    "was_split": N_("It was split: %(note)s"),
    "was_part": N_("It is part of another now: %(note)s"),
    "was_withdrawn": N_("Nothing follows it. %(note)s"),
    # refused
    "not_a_code": N_("This is not a GRI code."),
    "older": N_("This is not a code of the GRI Standards: it is of G4 or of an older sector supplement."),
    "unknown_code": N_("There is no disclosure %(code)s in any edition of the GRI Standards."),
    "unknown_standard": N_("There is no standard %(code)s."),
    "unknown_sector": N_("No sector standard has %(code)s."),
    "sector_edition": N_("%(code)s is of a sector standard, and these go with edition 2021."),
    "other_edition": N_("%(meaning)s, %(meaning_title)s, is not in edition %(edition)s."),
    "two_standards": N_("A range has to stay within one standard. Write one range for each."),
    "backwards": N_("The range ends before it begins."),
}


def note_params(params: Mapping[str, str], *, chinese: bool) -> dict[str, str]:
    """What the sentence of a note is filled with, titles in one language."""
    suffix = "_zh" if chinese else "_en"
    titles = {name.removesuffix(suffix): text for name, text in params.items() if name.endswith(suffix)}
    return {**params, **titles}
