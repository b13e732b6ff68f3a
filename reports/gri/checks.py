"""The checks of a GRI content index (index-checks.md): what the standards ask, and what does not fit together."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from materiality.tables.problems import N_
from reports.gri.index import (
    Decision,
    Entry,
    OutlineRow,
    Topic,
    claimed,
    heads_of,
    is_general,
    is_management,
    places_of,
    spelled,
)
from reports.gri.reading import Context, read_cell
from reports.gri.standards import Standards, code_key, title_key

FAIL, LOOK, NOTE = "fail", "look", "note"
ACCORDANCE, REFERENCE = "accordance", "reference"
OF_2016 = ("core", "comprehensive", "referenced")
SAMPLE = 20
_BACKWARDS = re.compile(r"(?:p\.?\s*|第\s*)?(\d{1,4})\s*[-–~至]\s*(?:p\.?\s*)?(\d{1,4})\s*页?", re.IGNORECASE)
_PAGE = re.compile(r"(?:pp?\.?\s*|第\s*)?(\d{1,4})(?:\s*[-–~至]\s*(?:p\.?\s*)?(\d{1,4}))?\s*页?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: 00:00:00)?|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{1,2}[-/][A-Z][a-z]{2}(?:[-/]\d{2,4})?"
    r"|[A-Z][a-z]{2}[-/]\d{1,2}"
)
_BARE_ADDRESS = re.compile(r"(?:www\.|(?:[\w-]+\.)+(?:com|cn|org|net|hk|tw|eu|de|io|co|edu|gov)\b)\S*", re.IGNORECASE)
_WHEN = re.compile(
    r"20\d\d|\b(?:by|until|within|before|in)\b.*\b(?:end|year|years|quarter|months?|report|cycle|period|FY\w*)\b"
    r"|\bnext\b|明年|后年|年底|年内|年前|下一|下年|下个|下期|季度|月底|[一二两三]年",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?:GRI\s*)?\d{1,3}(?:-\d{1,3})?\s*[:：]|\s*GRI\s*\d", re.IGNORECASE)
# What is left out is the disclosure as a whole.
_WHOLE = re.compile(
    r"(?:全部|整项|全项|所有要求|all(?: requirements)?|whole|entire)\b.*|(?:GRI\s*)?\d{1,3}-\d{1,3}", re.IGNORECASE
)


@dataclass(frozen=True)
class Finding:
    """`rows` are orders of the outline, `codes` as spelled; `text` is a key of SENTENCES filled with `params`."""

    check: str
    severity: str
    text: str
    rows: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedIndex:
    """An index and what it is held against. `topics` None: nothing was scored; `pages` None: the report's file is not
    known. `source`: what the topics are material by, in both languages.
    """

    gri: Standards
    edition: str
    day: date
    rows: Sequence[OutlineRow]
    claim: str = "none"
    organisation: str = ""
    sectors: Sequence[str] = ()
    notified: bool = False
    topics: Sequence[Topic] | None = None
    source: Mapping[str, str] = field(default_factory=lambda: {"source_zh": "", "source_en": ""})
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    pages: int | None = None
    headings: Sequence[tuple[int, str]] = ()
    seed: str = ""

    @cached_property
    def places(self) -> dict:
        return places_of(self.rows)

    @cached_property
    def reported(self) -> frozenset[str]:
        """Identities that are reported, those of whole standards included."""
        found = {identity for row in self.rows for identity in row.identities}
        for row in self.rows:
            for entry in self.claimed(row):
                found |= {each.identity for each in self.gri.of_standard.get(entry.standard, ())}
        return frozenset(found)

    def claimed(self, row: OutlineRow) -> list[Entry]:
        return claimed(row, self._heads)

    @cached_property
    def _heads(self) -> frozenset[str]:
        return heads_of(self.rows, self.gri)

    @cached_property
    def omitted(self) -> dict[str, tuple[Decision, tuple[int, ...]]]:
        """Identity -> its omission, and the rows that say so."""
        found = {}
        for row in self.rows:
            named = re.findall(r"\d{1,3}-\d{1,3}", row.omission_requirement)
            for identity in row.identities if row.omits else ():
                if not named or identity.partition("@")[0] in named:
                    told = (row.omission_requirement, row.omission_reason, row.omission_explanation)
                    found[identity] = (Decision(identity, "omit", *told), (row.order,))
        decided = {key: each for key, each in self.decisions.items() if each.state == "omit"}
        return found | {key: (each, self.orders(key)) for key, each in decided.items()}

    def orders(self, key: str) -> tuple[int, ...]:
        return tuple(place.row.order for place in self.places.get(key, ()))

    def spelled(self, identities: Sequence[str]) -> tuple[str, ...]:
        shown = sorted(identities, key=code_key)
        return tuple(spelled(Entry(identity=identity), self.gri, self.edition) for identity in shown)


def found_by(checked: CheckedIndex) -> list[Finding]:
    """All findings in the order of the checks; none where the index is right."""
    return [finding for check in CHECKS for finding in check(checked)]


def _claims(checked: CheckedIndex) -> tuple[bool, bool]:
    """Whether it claims to be in accordance, and whether it claims anything of 2021."""
    return checked.claim == ACCORDANCE and checked.edition == "2021", (
        checked.claim in (ACCORDANCE, REFERENCE) and checked.edition == "2021"
    )


def c1(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[1] and not checked.organisation.strip():
        yield Finding("C1", FAIL, "no_organisation")


def c2(checked: CheckedIndex) -> Iterator[Finding]:
    other = {"2016": (ACCORDANCE, REFERENCE), "2021": OF_2016}[checked.edition]
    if checked.claim in other:
        yield Finding("C2", FAIL, "claim_of_other_edition", params={"edition": checked.edition})


def c3(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[0]:
        general = [each.identity for each in checked.gri.of_standard["2@2021"]]
        missing = [each for each in general if each not in checked.reported and each not in checked.omitted]
        if missing:
            yield Finding("C3", FAIL, "general_missing", codes=checked.spelled(missing))


def c4(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[0]:
        for identity in sorted(checked.gri.no_omission & checked.omitted.keys(), key=code_key):
            # Letters beside several codes do not say of which code they are.
            if _is_of_others(identity, checked):
                continue
            yield Finding("C4", FAIL, "not_to_be_omitted", checked.omitted[identity][1], checked.spelled([identity]))


def _is_of_others(identity: str, checked: CheckedIndex) -> bool:
    told, rows = checked.omitted[identity]
    if identity in checked.decisions or not told.requirement or _WHOLE.fullmatch(told.requirement.strip()):
        return False
    named = bool(re.search(r"\d{1,3}-\d{1,3}", told.requirement))
    return not named and all(len(row.identities) > 1 for row in checked.rows if row.order in rows)


def c5(checked: CheckedIndex) -> Iterator[Finding]:
    if not _claims(checked)[0]:
        return
    for identity, (told, rows) in sorted(checked.omitted.items(), key=lambda item: code_key(item[0])):
        codes = checked.spelled([identity])
        whole = bool(_WHOLE.fullmatch(told.requirement.strip())) or (
            identity in checked.decisions and not told.requirement
        )
        lacks = [name for name in ("reason", "explanation") if not getattr(told, name).strip()]
        lacks += [] if told.requirement.strip() or whole else ["requirement"]
        if lacks:
            yield Finding("C5", FAIL, f"omission_without_{lacks[0]}", rows, codes)
        elif told.reason == "information_unavailable" and not _WHEN.search(told.explanation):
            yield Finding("C5", LOOK, "unavailable_without_when", rows, codes)
        alone = [place.row for place in checked.places.get(identity, ()) if len(place.row.entries) == 1 or not rows]
        alone = alone if identity not in checked.decisions else [p.row for p in checked.places.get(identity, ())]
        if whole and any(row.locations for row in alone):
            yield Finding("C5", LOOK, "omitted_and_located", rows, codes)


def c6(checked: CheckedIndex) -> Iterator[Finding]:
    if not _claims(checked)[0]:
        return
    named = {code: [row for row in checked.rows if code in row.issues] for row in checked.rows for code in row.issues}
    if not named or checked.topics is None:
        yield Finding("C6", LOOK, "topics_unknown")
        return
    material = {code for topic in checked.topics for code in topic.issues}
    others = sorted(named.keys() - material)
    if others:
        rows = sorted({row.order for code in others for row in named[code]})
        yield Finding("C6", FAIL, "topic_not_material", tuple(rows), tuple(others), checked.source)
    for topic in checked.topics:
        yield from _topic_findings(checked, topic, named)


def _topic_findings(checked: CheckedIndex, topic: Topic, named: Mapping[str, list[OutlineRow]]) -> Iterator[Finding]:
    leaves = topic.issues[1:] or topic.issues
    absent = [] if topic.code in named else [code for code in leaves if code not in named]
    if absent:
        yield Finding("C6", FAIL, "topic_not_listed", codes=tuple(absent), params=checked.source)
    rows = [row for row in checked.rows if set(row.issues) & set(topic.issues)]
    if not rows:
        return
    orders, params = tuple(row.order for row in rows), {"topic_zh": topic.name_zh, "topic_en": topic.name_en}
    chapters = {row.chapter or row.chapter_en for row in rows}
    near = [row for row in checked.rows if row in rows or (row.chapter or row.chapter_en) in chapters]
    if not any("3-3@2021" in row.identities or "3@2021" in _standards(row) for row in near):
        yield Finding("C6", FAIL, "topic_without_management", orders, ("3-3",), params)
    if not any(_is_topical(entry, checked.gri) for row in rows for entry in row.entries):
        yield Finding("C6", FAIL, "topic_without_disclosure", orders, (), params)


def _standards(row: OutlineRow) -> set[str]:
    return {entry.standard for entry in row.entries if entry.standard}


def _is_topical(entry: Entry, gri: Standards) -> bool:
    found = gri.disclosures.get(entry.identity)
    if found:
        return not is_general(found) and not is_management(found)
    return bool(entry.standard or entry.source or entry.sector.count(".") == 2)


def c7(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[1]:
        for row in checked.rows:
            if (own := checked.claimed(row)) and not row.locations and not _is_named(row, checked):
                codes = tuple(spelled(entry, checked.gri, checked.edition) for entry in own)
                yield Finding("C7", FAIL, "no_location", (row.order,), codes)
            undated = tuple(f"GRI {entry.standard}" for entry in row.entries if entry.standard.isdigit())
            if undated:
                yield Finding("C7", FAIL, "no_year", (row.order,), undated)


def _is_named(row: OutlineRow, checked: CheckedIndex) -> bool:
    """Whether the row's own name tells where: its section; its chapter where no row of the index has pages. Under a
    numbered standard (`GRI 302: Energy 2016`) these are titles of GRI and no places.
    """
    chapter, sections = row.chapter or row.chapter_en, [name for name in (row.section, row.section_en) if name]
    if _NUMBERED.match(chapter):
        return any(title_key(name) not in checked.gri.titled for name in sections)
    return bool(sections) or (bool(chapter) and not any(each.locations for each in checked.rows))


def c8(checked: CheckedIndex) -> Iterator[Finding]:
    for row in checked.rows:
        for location in row.locations:
            if text := _wrong_location(location, checked):
                yield Finding("C8", LOOK, text, (row.order,), params={"location": location})
        yield from _wrong_heading(row, checked)


def _wrong_location(location: str, checked: CheckedIndex) -> str:
    backwards, page = _BACKWARDS.fullmatch(location), _PAGE.fullmatch(location)
    if _DATE.fullmatch(location):
        return "location_is_date"
    if backwards and int(backwards[1]) > int(backwards[2]):
        return "location_backwards"
    if page and checked.pages and int(page[2] or page[1]) > checked.pages:
        return "page_beyond_report"
    return "address_without_scheme" if _BARE_ADDRESS.fullmatch(location) else ""


def _wrong_heading(row: OutlineRow, checked: CheckedIndex) -> Iterator[Finding]:
    """A section whose heading the report's file has, but on no page that the row names."""
    names = {title_key(name) for name in (row.section, row.section_en) if name}
    pages = {page for page, heading in checked.headings if title_key(heading) in names}
    named = [page for page in map(_PAGE.fullmatch, row.locations) if page]
    if pages and named and not any(int(p[1]) <= at <= int(p[2] or p[1]) for p in named for at in pages):
        params = {"pages": ", ".join(map(str, sorted(pages))), "location": "; ".join(row.locations)}
        yield Finding("C8", LOOK, "heading_elsewhere", (row.order,), params=params)


def c9(checked: CheckedIndex) -> Iterator[Finding]:
    titles: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in checked.rows:
        for entry in row.entries:
            if not entry.title or not entry.identity:
                continue
            titles[entry.identity][title_key(entry.title)].append(row.order)
            fits = checked.gri.titled.get(title_key(entry.title), frozenset())
            if fits and entry.identity not in fits:
                codes = checked.spelled([entry.identity, sorted(fits)[0]])
                yield Finding("C9", LOOK, "title_of_another", (row.order,), codes, {"title": entry.title})
        yield from _held_titles(row, checked)
    for identity, found in titles.items():
        unknown = [title for title in found if identity not in checked.gri.titled.get(title, ())]
        if len(found) > 1 and unknown:
            rows = tuple(sorted(order for orders in found.values() for order in orders))
            yield Finding("C9", LOOK, "several_titles", rows, checked.spelled([identity]))


TITLE_DOUBTS = ("other_title", "like_other", "old_title", "title_of_year", "year_needed_title")


def _held_titles(row: OutlineRow, checked: CheckedIndex) -> Iterator[Finding]:
    """What was held back because of its title, with the codes that it may be."""
    context = Context(checked.gri, checked.edition, checked.day)
    for entry in row.entries:
        for reading in read_cell(entry.text, context) if entry.is_held else ():
            if reading.note in TITLE_DOUBTS:
                codes = checked.spelled(tuple(dict.fromkeys(reading.offers)))
                yield Finding("C9", LOOK, "title_of_another", (row.order,), codes, {"title": reading.text})


def c10(checked: CheckedIndex) -> Iterator[Finding]:
    day = {"day": checked.day.isoformat()}
    if checked.edition == "2016" and not checked.gri.standards["102@2016"].in_force(checked.day):
        yield Finding("C10", LOOK, "edition_withdrawn", params=day)
        return
    gone: dict[str, list[str]] = defaultdict(list)
    for identity in checked.reported:
        found = checked.gri.disclosures[identity]
        if found.until and found.until <= checked.day:
            gone[found.standard.identity].append(identity)
    for standard, identities in sorted(gone.items(), key=lambda item: code_key(item[0])):
        known = checked.gri.disclosures[identities[0]]
        follows = checked.gri.standards[standard].replaced_by or known.replaced_by
        rows = tuple(sorted({order for identity in identities for order in checked.orders(identity)}))
        params = {**day, "since": str(known.until), "standard": f"GRI {standard.partition('@')[0]}", "follows": follows}
        yield Finding("C10", LOOK, "withdrawn", rows, checked.spelled(identities), params)


def c11(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[1]:
        for row in checked.rows:
            held = tuple(entry.text for entry in row.entries if entry.is_held)
            if held:
                yield Finding("C11", FAIL, "source_not_named", (row.order,), held)


def c12(checked: CheckedIndex) -> Iterator[Finding]:
    if not _claims(checked)[0]:
        return
    numbers = [each.partition("@")[0] for each in checked.sectors]
    for number in sorted({each for each in numbers if numbers.count(each) > 1}):
        yield Finding("C12", FAIL, "two_versions", params={"standard": f"GRI {number}"})
    used = {entry.sector: row.order for row in checked.rows for entry in row.entries if entry.sector}
    unknown = [code for code in used if not _is_in(code, checked)]
    if unknown:
        yield Finding("C12", FAIL, "not_in_version", tuple(used[code] for code in unknown), tuple(unknown))
    covered = {".".join(code.split(".")[:2]) for code in used}
    decided = {key for key, each in checked.decisions.items() if each.state == "unused" and each.explanation.strip()}
    topics = [topic.code for topic in checked.gri.topics if topic.version in checked.sectors]
    open_topics = [code for code in dict.fromkeys(topics) if code not in covered and code not in decided]
    if open_topics:
        yield Finding("C12", FAIL, "sector_topic_open", codes=tuple(open_topics))


def _is_in(code: str, checked: CheckedIndex) -> bool:
    known = checked.gri.sector_references if code.count(".") == 2 else checked.gri.sector_topics
    return any(each.version in checked.sectors for each in known.get(code, ()))


def c13(checked: CheckedIndex) -> Iterator[Finding]:
    for identity, places in checked.places.items():
        found = checked.gri.disclosures.get(identity)
        if found is None or is_management(found):
            continue
        under: dict[tuple, list[OutlineRow]] = defaultdict(list)
        for place in places:
            row = place.row
            topic = row.issues or (row.chapter, row.section, row.chapter_en, row.section_en)
            under[(*topic, place.entry.requirement)].append(row)
        for rows in under.values():
            if len({row.locations for row in rows}) > 1:
                orders = tuple(row.order for row in rows)
                yield Finding("C13", LOOK, "several_locations", orders, checked.spelled([identity]))


def c14(checked: CheckedIndex) -> Iterator[Finding]:
    for row in checked.rows:
        whole = [
            entry
            for entry in checked.claimed(row)
            if checked.gri.of_standard.get(entry.standard) or "@" not in entry.standard
        ]
        codes = tuple(spelled(entry, checked.gri, checked.edition) for entry in whole if entry.standard)
        if codes and checked.claim not in (REFERENCE, "referenced"):
            yield Finding("C14", LOOK, "whole_standard", (row.order,), codes)


CORE = (*range(1, 15), 16, 18, *range(40, 57))


def c15(checked: CheckedIndex) -> Iterator[Finding]:
    if checked.edition != "2016" or checked.claim not in ("core", "comprehensive"):
        return
    numbers = CORE if checked.claim == "core" else range(1, 57)
    missing = [f"102-{n}@2016" for n in numbers if f"102-{n}@2016" not in checked.reported | checked.omitted.keys()]
    if missing:
        yield Finding("C15", FAIL, "general_missing", codes=checked.spelled(missing))
    managed = [f"103-{number}@2016" for number in (1, 2, 3)]
    for topic in checked.topics or ():
        rows = [row for row in checked.rows if set(row.issues) & set(topic.issues)]
        chapters = {row.chapter or row.chapter_en for row in rows}
        near = [row for row in checked.rows if row in rows or (row.chapter or row.chapter_en) in chapters]
        absent = [i for i in managed if not any(i in row.identities or "103@2016" in _standards(row) for row in near)]
        if rows and absent:
            params = {"topic_zh": topic.name_zh, "topic_en": topic.name_en}
            orders = tuple(row.order for row in rows)
            yield Finding("C15", FAIL, "topic_without_management", orders, checked.spelled(absent), params)
    if not checked.topics and (absent := [identity for identity in managed if identity not in checked.reported]):
        yield Finding("C15", FAIL, "management_missing", codes=checked.spelled(absent))


def c16(checked: CheckedIndex) -> Iterator[Finding]:
    if _claims(checked)[0] and not checked.notified:
        yield Finding("C16", NOTE, "not_notified")
    if _claims(checked)[0]:
        yield from _assurance(checked)


# The statement of a provider; not the quality of goods, nor a kind of insurance.
_ASSURANCE = re.compile(
    r"(?<!quality )(?<!life )(?<!revenue )\bassurance\b(?! of)|\bverification (?:statement|opinion|report)"
    r"|鉴证|鑑證|审验|審驗|确信|確信|(?:核查|查证|查證|验证|驗證)(?:声明|聲明|报告|報告|意见|意見)",
    re.IGNORECASE,
)


def _assurance(checked: CheckedIndex) -> Iterator[Finding]:
    """Whether 2-5 goes with the statement of an assurance provider that the report's headings have."""
    pages = sorted({page for page, heading in checked.headings if _ASSURANCE.search(heading)})
    rows = [place.row for place in checked.places.get("2-5@2021", ())]
    told = {"pages": ", ".join(map(str, pages))}
    if pages and "2-5@2021" not in checked.reported:
        yield Finding("C16", NOTE, "assurance_not_reported", codes=("2-5",), params=told)
    named = [page for row in rows for page in map(_PAGE.fullmatch, row.locations) if page]
    if pages and named and not any(int(p[1]) <= at <= int(p[2] or p[1]) for p in named for at in pages):
        yield Finding("C16", NOTE, "assurance_elsewhere", tuple(row.order for row in rows), ("2-5",), told)


def c17(checked: CheckedIndex) -> Iterator[Finding]:
    rows = checked.rows
    if not any(row.chapter_en or row.section_en for row in rows) or not any(row.chapter or row.section for row in rows):
        return
    for row in rows:
        if bool(row.chapter) != bool(row.chapter_en) or bool(row.section) != bool(row.section_en):
            yield Finding("C17", FAIL, "text_missing", (row.order,))


def c18(checked: CheckedIndex) -> Iterator[Finding]:
    located = [
        key
        for key, places in checked.places.items()
        if any(p.row.locations for p in places) and "@" in key and "-" in key
    ]
    if len(located) > SAMPLE:
        drawn = random.Random(checked.seed).sample(sorted(located), SAMPLE)
        yield Finding("C18", NOTE, "sample", codes=checked.spelled(drawn))


CHECKS: tuple[Callable[[CheckedIndex], Iterator[Finding]], ...] = (
    *(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18),
)


SENTENCES = {
    "no_organisation": N_("The statement of use names no organisation."),
    "claim_of_other_edition": N_("The claim is of another edition than the codes, which are of %(edition)s."),
    "general_missing": N_("General disclosures are neither reported nor omitted with a reason."),
    "not_to_be_omitted": N_("Whoever reports in accordance cannot omit this disclosure."),
    "omission_without_reason": N_("The omission gives none of the four permitted reasons."),
    "omission_without_explanation": N_("The omission is not explained."),
    "omission_without_requirement": N_("The omission does not say which requirement is left out."),
    "unavailable_without_when": N_("Where information is unavailable, say what is done to obtain it, and by when."),
    "omitted_and_located": N_("The disclosure is omitted as a whole, and yet a place in the report is given."),
    "topics_unknown": N_("Topics cannot be told: no row names an issue, or no run has counted all responses."),
    "topic_not_material": N_("These issues stand as topics but are not material by %(source)s."),
    "topic_not_listed": N_("These issues are material by %(source)s but no row reports on them."),
    "topic_without_management": N_("“%(topic)s” has no disclosure of how it is managed."),
    "topic_without_disclosure": N_("“%(topic)s” has no topic disclosure and no indicator of its own."),
    "no_location": N_("The row names neither a page nor a section."),
    "no_year": N_("More than one year of this standard is in use. Write the one that is reported."),
    "location_is_date": N_("“%(location)s” looks like a date that a spreadsheet made of a page or code."),
    "location_backwards": N_("“%(location)s” ends before it begins."),
    "page_beyond_report": N_("“%(location)s” lies beyond the last page of the report."),
    "address_without_scheme": N_("“%(location)s” is an address without https://."),
    "heading_elsewhere": N_("The heading stands on page %(pages)s, not on %(location)s."),
    "title_of_another": N_("“%(title)s”: this is the title of another code, or of another edition of it."),
    "several_titles": N_("The same code stands with different titles."),
    "edition_withdrawn": N_("On the day of publication, %(day)s, edition 2016 is withdrawn; edition 2021 is in force."),
    "withdrawn": N_("%(standard)s was withdrawn on %(since)s; on %(day)s %(follows)s is in force."),
    "source_not_named": N_("These are not codes of the edition. Name their source, such as G4 or own indicators."),
    "two_versions": N_("%(standard)s is named in two versions."),
    "not_in_version": N_("The sector standards that are named do not have these numbers."),
    "sector_topic_open": N_("These sector topics are neither reported nor listed as not material with why."),
    "several_locations": N_("The same disclosure stands under the same topic with different locations."),
    "whole_standard": N_("A whole standard is claimed. Name the disclosures that are reported."),
    "management_missing": N_("The management approach is not reported."),
    "not_notified": N_("GRI has not been notified of the use of the standards."),
    "assurance_not_reported": N_("The report has a statement of assurance on page %(pages)s, and 2-5 is not reported."),
    "assurance_elsewhere": N_("The statement of assurance stands on page %(pages)s, which 2-5 does not name."),
    "text_missing": N_("A text is missing in one of the languages."),
    "sample": N_("A sample for the assurance provider."),
}
