"""English templates of every problem and warning of this package; the interface translates them."""


def N_(text: str) -> str:
    """Mark a text for extraction; the translation happens where it is shown."""
    return text


CODE_PROBLEMS = {
    "not_a_code": N_("“%(value)s” is not a GRI disclosure. Write for example “102-1”, “GRI 302” or “102-1 ~ 102-13”."),
    "unknown_code": N_("“%(value)s”: there is no disclosure %(code)s in GRI edition %(edition)s."),
    "other_edition": N_(
        "“%(value)s”: %(code)s (%(title)s) belongs to GRI edition %(other_edition)s, not to edition %(edition)s."
    ),
    "unknown_standard": N_("“%(value)s”: there is no standard %(code)s in GRI edition %(edition)s."),
    "year_needed": N_(
        "“%(value)s” has two meanings: %(code)s was “%(old_title)s” in GRI edition %(other_edition)s and is "
        "“%(title)s” since %(year)s. Write “%(spelling)s” if you mean the new one."
    ),
    "year_needed_new": N_(
        "“%(value)s”: GRI %(standard)s was “%(old_title)s” in edition %(other_edition)s; since %(year)s %(code)s is "
        "“%(title)s”. Write “%(spelling)s” if you mean it."
    ),
    "wrong_year": N_(
        "“%(value)s”: GRI %(standard)s in edition %(edition)s is the standard of %(year)s, not of %(given)s."
    ),
    "wrong_title": N_("“%(value)s”: the title of %(code)s is “%(title)s”."),
    "two_standards": N_("“%(value)s”: a range has to stay within one standard. Write one range for each."),
    "backwards": N_("“%(value)s”: the range ends before it begins."),
}

INDEX_WARNINGS = {
    "section_without_location": N_("“%(section)s” reports %(codes)s but has no location."),
    "disclosure_without_location": N_("%(code)s has no location in any section."),
    "unknown_code": N_("%(code)s in “%(section)s” is not in GRI edition %(edition)s."),
    "sector_code": N_(
        "%(code)s in “%(section)s”: sector topics go with GRI edition 2021, not with edition %(edition)s."
    ),
    "management_missing": N_("GRI %(standard)s is reported without 3-3 beside it (%(codes)s)."),
    "general_missing": N_("%(present)s of %(total)s general disclosures are reported; missing: %(codes)s."),
}
