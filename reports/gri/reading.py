"""What each piece of a cell means: taken, repaired (and said), doubtful (held back, to decide) or refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from reports.gri.pieces import ADDRESS, GOES_ON, LONGEST, NO_HEAD, PAGES, REFERS, SAYS_NOT, Piece, flat, pieces_of
from reports.gri.standards import YEAR_NEEDED, Disclosure, Standard, Standards, title_key

TAKEN, REPAIRED, DOUBTFUL, REFUSED = "taken", "repaired", "doubtful", "refused"
STATES = (TAKEN, REPAIRED, DOUBTFUL, REFUSED)
STORED = (TAKEN, REPAIRED)
SECTOR_EDITION = "2021"
_GRI_YEARS = frozenset(range(2016, 2026))
_MORE_NUMBERS = re.compile(r"(?:and|[&+_\\]|和|及|与|e|to|through|至|到|~)?\s*[-–]?\d{1,3}(?!\d)", re.IGNORECASE)
_NUMBERS_OF_IT = re.compile(r"[\s(:\[-]*\d{1,2}(?:\D{1,5}\d{1,2})*[\s)\]]*")  # `GRI 302 (1, 3)`
_STANDARD_LIKE = re.compile(r"GRI[\s:–-]*\d{1,3}(?!\d)", re.IGNORECASE)  # behind a sign of a range: `GRI 401-GRI 404`
_CODE_LIKE = re.compile(r"(?<![A-Z\d])\d{1,3}-\d{1,3}(?!\d)")  # S1-6 is of ESRS
_YEAR_FIRST = re.compile(r"[\s:(（]*((?:19|20)\d\d)(?!\d)[)）]?[\s:：]*")
_YEAR_LAST = re.compile(r"[\s(（:：]*(?<!\d)((?:19|20)\d\d)[)）]?\s*$")
_OWN_STANDARD = re.compile(r"[(（]\s*GRI\s*\d+\s*[:：]?[^()（）]*?((?:20\d\d)?)[)）]", re.IGNORECASE)
_MARKS = re.compile(r"[*†‡§#^]+|\[\w{1,3}\]")
_BRACKET = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


@dataclass(frozen=True)
class Reading:
    """One piece of a cell: `codes` are identities; `standard` is `303@2018`, or `303` where its year is open.

    `note` is a key of NOTES, its `params` with texts in both languages; `remark` is what stands beside the code and is
    no title. `offers` are identities that a doubt may be decided for.
    """

    text: str
    state: str = TAKEN
    codes: tuple[str, ...] = ()
    standard: str = ""
    sector: str = ""
    requirement: str = ""
    title: str = ""
    note: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    offers: tuple[str, ...] = ()

    @property
    def is_stored(self) -> bool:
        return self.state in STORED


@dataclass(frozen=True)
class Context:
    """By what a cell is read. `day` is that of publication, `assumed` where nobody has named one.

    `titles` are the row's own texts (its section), which may be the title of its one code; `headings` are texts that
    may be a standard's (its chapter, its section). `before`, `after`: codes that the rows around may stand for.
    """

    gri: Standards
    edition: str
    day: date
    assumed: bool = False
    titles: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


def read_cell(cell: str, context: Context) -> list[Reading]:
    """Every piece of the cell in the order printed."""
    gri = context.gri
    known = gri.titled.keys() | gri.titled_standards.keys()
    pieces = list(pieces_of(cell, lambda text: title_key(_plain_title(text)) in known))
    alone = sum(piece.kind not in ("none", "text") for piece in pieces) == 1
    reader = _Reader(context if alone else replace(context, titles=()), pieces)
    return _as_lists(pieces, [reader.read(piece) for piece in pieces])


def _as_lists(pieces: Sequence[Piece], readings: list[Reading]) -> list[Reading]:
    """What is said beside one code of a list is said of all of it: `2-20, 2-21 omitted`, `pp. 2-3, 2-7`."""
    start = 0
    for end, piece in enumerate(pieces, start=1):
        if piece.joined and end < len(pieces):
            continue
        told = next((each for each in readings[start:end] if _is_of_all(each)), None)
        for place in range(start, end if told else start):
            if readings[place].is_stored:
                held = {"note": told.note, "params": told.params, "requirement": readings[place].requirement}
                readings[place] = Reading(readings[place].text, DOUBTFUL, offers=readings[place].codes, **held)
        start = end
    return readings


def _is_of_all(reading: Reading) -> bool:
    words = reading.params.get("words", "")
    return reading.note == "says_not" or (reading.note == "words_before" and bool(NO_HEAD.search(words)))


class _Held(Exception):
    """The piece is not taken: why, with what it says and offers."""

    def __init__(self, state: str, note: str, offers: Sequence[str] = (), **params: str) -> None:
        super().__init__(note)
        self.state, self.note, self.offers, self.params = state, note, tuple(offers), params


@dataclass(frozen=True)
class _Beside:
    """The text after a code taken apart: its year, its title if it is one, and what remains."""

    year: int | None
    title: str
    identities: frozenset[str]
    remark: str


class _Reader:
    def __init__(self, context: Context, pieces: Sequence[Piece]) -> None:
        self.context, self.gri = context, context.gri
        self.only = len(pieces) == 1
        self.last: Disclosure | None = None
        self.references = {
            reference.identity
            for piece in pieces
            if piece.kind == "sector"
            for reference in self.gri.sector_references.get(".".join(map(str, piece.numbers)), ())
        }

    def read(self, piece: Piece) -> Reading:
        try:
            if len(piece.tail) > LONGEST:
                raise _Held(DOUBTFUL, "long_text")
            found = getattr(self, f"_{piece.kind}")(piece)
        except _Held as held:
            told = {"note": held.note, "params": held.params, "offers": held.offers}
            return Reading(piece.text, held.state, requirement=piece.requirement, **told)
        if found.remark and not found.note:
            found = replace(found, note="remark", params={"words": found.remark[:60]})
        if found.state == TAKEN and piece.repaired:
            found = replace(found, state=REPAIRED, note=found.note or piece.repaired[0])
        return replace(found, text=piece.text)

    # What is no code

    def _none(self, piece: Piece) -> Reading:
        return Reading(piece.text, note="none")

    def _text(self, piece: Piece) -> Reading:
        if len(piece.text) <= LONGEST:
            titled = self.gri.titled.get(title_key(piece.text), ())
            fits = sorted(identity for identity in titled if self._here(self.gri.disclosures[identity]))
            if fits:
                raise _Held(DOUBTFUL, "title_alone", fits, **self._named("meaning", fits[0]))
            if standard := self._numbered_title(piece.text):
                return Reading(piece.text, standard=standard.identity, title=standard.title(not piece.text.isascii()))
        raise _Held(REFUSED, "not_a_code")

    def _numbered_title(self, text: str) -> Standard | None:
        """The standard of `302: Energy 2016`, a number with the title of its standard, where that decides for one."""
        found = re.fullmatch(r"(\d{1,3})\s*[:：.\-–]?\s*(\D.*)", flat(text).strip(), re.DOTALL)
        if found is None:
            return None
        beside = self._beside(found[2], self.gri.titled_standards)
        fits = [
            each
            for each in self.gri.by_number.get(found[1], ())
            if each.identity in beside.identities and self._here(each) and beside.year in (None, each.year)
        ]
        return fits[0] if len(fits) == 1 and not beside.remark else None

    def _number(self, piece: Piece) -> Reading:
        number = re.sub(r"\D", "", flat(piece.text))
        meant = f"{self.last.standard.code}-{int(number)}" if self.last else ""
        if self.last and meant in self.gri.by_code:
            raise _Held(DOUBTFUL, "number_alone", [d.identity for d in self._meanings_here(meant)], code=meant)
        if not self.last and any(self._here(each) for each in self.gri.by_number.get(number, ())):
            raise _Held(DOUBTFUL, "standard_number", code=f"GRI {number}")
        raise _Held(REFUSED, "not_a_code")

    def _old(self, piece: Piece) -> Reading:
        raise _Held(REFUSED, "older")

    def _chain(self, piece: Piece) -> Reading:
        raise _Held(DOUBTFUL, "chain", code=f"{piece.numbers[0]}-{piece.numbers[1]}")

    # Sector standards

    def _sector(self, piece: Piece) -> Reading:
        code = ".".join(map(str, piece.numbers))
        known = self.gri.sector_topics if len(piece.numbers) == 2 else self.gri.sector_references
        if code not in known:
            raise _Held(REFUSED, "unknown_sector", code=code)
        if self.context.edition != SECTOR_EDITION:
            raise _Held(REFUSED, "sector_edition", code=code)
        titled = self.gri.titled_topics.get(title_key(_plain_title(piece.tail)), frozenset())
        if titled and code not in titled and len(piece.numbers) == 2:
            other = self.gri.sector_topics[min(titled)][-1]
            titles = {"other_title_zh": other.title_zh, "other_title_en": other.title_en}
            raise _Held(DOUBTFUL, "other_title", code=code, other=other.code, **titles)
        told = {"title": piece.tail} if code in titled else {"remark": piece.tail}
        self._look_at_words(piece, told.get("remark", ""))
        return Reading(piece.text, sector=code, **told)

    # Whole standards

    def _standard(self, piece: Piece) -> Reading:
        number = str(piece.numbers[0])
        known = self.gri.by_number.get(number, ())
        if not known:
            raise _Held(REFUSED, "unknown_standard", code=f"GRI {number}")
        beside = self._beside(piece.tail, self.gri.titled_standards)
        if _NUMBERS_OF_IT.fullmatch(flat(beside.remark)) or _STANDARD_LIKE.search(flat(beside.remark)):
            raise _Held(DOUBTFUL, "number_beside", code=_shown_code(piece))
        self._look_at_words(piece, beside.remark)
        meant = self._standards_meant(known, beside, number)
        told = {"title": beside.title, "remark": beside.remark}
        if len(meant) > 1:
            return Reading(piece.text, standard=number, note="open_year", **told)
        if beside.year not in (None, meant[0].year):
            told |= _mended_year(f"GRI {number}", beside.year, known)
        return Reading(piece.text, standard=meant[0].identity, **told)

    def _standards_meant(self, known: Sequence[Standard], beside: _Beside, number: str) -> list[Standard]:
        here = [each for each in known if self._here(each)]
        fits = [each for each in known if each.identity in beside.identities]
        if beside.year is not None:
            dated = [each for each in known if each.year == beside.year] or (fits if len(fits) == 1 else [])
            if not dated:
                raise _wrong_year(f"GRI {number}", beside.year, here or known)
            if fits and dated[0] not in fits:
                raise _Held(
                    DOUBTFUL, "title_of_year", year=str(beside.year), **self._named("meaning", fits[0].identity)
                )
            return self._here_or_refused(dated)
        if beside.identities and not fits:
            other = sorted(beside.identities)[0]
            raise _Held(DOUBTFUL, "other_title", **self._named("other", other), code=f"GRI {number}")
        if self.context.edition == "2021" and number in YEAR_NEEDED:
            old, new = known[0], known[-1]
            raise _Held(DOUBTFUL, "year_needed", **self._both(old.identity, new.identity))
        if not here or (fits and not any(map(self._here, fits))):
            self._here_or_refused(fits or list(known))
        return [each for each in fits if self._here(each)] or here

    def _here_or_refused(self, found: Sequence) -> list:
        here = [each for each in found if self._here(each)]
        if not here:
            last = found[-1].identity
            params = {"edition": self.context.edition, **self._successors(last), **self._named("meaning", last)}
            raise _Held(REFUSED, "other_edition", **params)
        return here

    # Codes and ranges

    def _code(self, piece: Piece) -> Reading:
        code = f"{piece.numbers[0]}-{piece.numbers[1]}"
        self._broken_number(piece, code)
        if code not in self.gri.by_code:
            raise _Held(REFUSED, "unknown_code", code=code)
        beside = self._beside(piece.tail, self.gri.titled, self.gri.by_code[code])
        self._look_at_words(piece, beside.remark)
        code = self._without_lost_zero(piece, code, beside)
        meaning, note = self._meaning(code, piece, beside)
        self.last = meaning
        told = {"requirement": piece.requirement, "title": beside.title, "remark": beside.remark, **note}
        return Reading(piece.text, codes=(meaning.identity,), **told)

    def _range(self, piece: Piece) -> Reading:
        standard, first, last_standard, last = map(str, piece.numbers)
        if standard != last_standard:
            raise _Held(REFUSED, "two_standards")
        if int(first) > int(last):
            raise _Held(REFUSED, "backwards")
        ends = [f"{standard}-{first}", f"{standard}-{last}"]
        for code in ends:
            if code not in self.gri.by_code:
                raise _Held(REFUSED, "unknown_code", code=code)
        beside = self._beside(piece.tail, {})
        self._look_at_words(piece, beside.remark)
        meant = self._range_ends(piece, ends, beside)
        listed = self.gri.of_standard[meant.identity]
        codes = [d.identity for d in listed if int(first) <= d.number <= int(last) and self._here(d)]
        self.last = self.gri.disclosures[codes[-1]]
        return Reading(piece.text, codes=tuple(codes), remark=beside.remark)

    def _range_ends(self, piece: Piece, ends: Sequence[str], beside: _Beside) -> Standard:
        """The standard that both ends are of; an end of one meaning decides for the other."""
        year = piece.years[0] or beside.year
        choices = [{d.standard.identity for d in self._meanings_here(code)} for code in ends]
        shared = choices[0] & choices[1]
        if year is None and len(shared) == 1 and str(piece.numbers[0]) not in YEAR_NEEDED:
            return self.gri.standards[shared.pop()]
        undated = _Beside(year, "", frozenset(), "")
        found = {self._meaning(code, piece, undated)[0].standard.identity for code in ends}
        if len(found) != 1:
            raise _Held(DOUBTFUL, "mixed_years", code=ends[0])
        return self.gri.standards[found.pop()]

    def _meaning(self, code: str, piece: Piece, beside: _Beside) -> tuple[Disclosure, dict]:
        """What the code means and a note, in the order: year, title, standard's heading, sector reference, day."""
        known = self.gri.by_code[code]
        fits = [each for each in known if each.identity in beside.identities]
        year = beside.year or self._heading_year(piece)
        if year is not None:
            return self._of_year(code, year, beside, fits)
        self._bare_of_2021(code, known, beside)
        here = self._meanings_here(code)
        if not here:
            self._here_or_refused(fits or known)
        if fits:
            return self._by_title(code, fits, here)
        note = self._other_title(code, beside)
        if len(here) == 1:
            return here[0], note
        return self._between(code, here, piece, note, beside.remark)

    def _of_year(self, code: str, year: int, beside: _Beside, fits: Sequence[Disclosure]) -> tuple[Disclosure, dict]:
        """The meaning of a code with a year; a year that the code never had is mended by a title that fits one."""
        known = self.gri.by_code[code]
        dated = [each for each in known if each.year == year]
        if not dated and len(fits) == 1:
            return self._here_or_refused(fits)[0], _mended_year(code, year, known)
        if not dated:
            here = [each for each in known if self._here(each)]
            raise _wrong_year(code, year, here or known, [each.identity for each in here])
        if fits and dated[0] not in fits:
            offers = [dated[0].identity, fits[0].identity]
            raise _Held(DOUBTFUL, "title_of_year", offers, year=str(year), **self._named("meaning", offers[1]))
        note = {} if fits else self._other_title(code, beside)
        return self._here_or_refused(dated)[0], note

    def _bare_of_2021(self, code: str, known: Sequence[Disclosure], beside: _Beside) -> None:
        """102-1 … 102-10 and 103-1 … 103-5 without a year are always asked about."""
        if self.context.edition != "2021" or not any(d.standard.code in YEAR_NEEDED and self._here(d) for d in known):
            return
        new = known[-1]
        offers = [each.identity for each in known]
        if beside.identities:
            fits = next((i for i in offers if i in beside.identities), sorted(beside.identities)[0])
            raise _Held(DOUBTFUL, "year_needed_title", offers, code=code, **self._named("meaning", fits))
        old = known[0].identity if len(known) > 1 else f"{new.standard.code}@2016"
        raise _Held(DOUBTFUL, "year_needed", offers, **self._both(old, new.identity))

    def _by_title(self, code: str, fits: Sequence[Disclosure], here: Sequence[Disclosure]) -> tuple[Disclosure, dict]:
        both = [each for each in fits if each in here]
        if len(both) == 1:
            return both[0], {}
        offers = [each.identity for each in (*fits, *here)]
        params = {"code": code, "edition": self.context.edition, **self._named("meaning", fits[0].identity)}
        raise _Held(DOUBTFUL, "old_title", offers, **params)

    def _other_title(self, code: str, beside: _Beside) -> dict:
        """A note where the title is that of a code which this one follows; a doubt where it is another's altogether."""
        if not beside.identities:
            meanings = self._meanings_here(code)
            is_one = len(meanings) == 1 and not _is_of_any_topic(meanings[0])
            other = self.gri.better_title(beside.remark, meanings, 0.75) if is_one else ""
            if other and other.partition("@")[0] != code:
                told = {"code": code, **self._named("other", other)}
                raise _Held(DOUBTFUL, "like_other", [meanings[0].identity, other], **told)
            return {}
        others = sorted(beside.identities)
        joined = [i for i in others if frozenset((i.partition("@")[0], code)) in self.gri.joined]
        if not joined:
            own = self._meanings_here(code)[0].identity
            raise _Held(DOUBTFUL, "other_title", [own, *others], code=code, **self._named("other", others[0]))
        return {"note": "joined_title", "params": {"code": code, **self._named("other", joined[0])}}

    def _between(
        self, code: str, here: Sequence[Disclosure], piece: Piece, note: dict, words: str
    ) -> tuple[Disclosure, dict]:
        """One of several meanings that the edition holds: by heading, sector reference, or day of publication."""
        headed = [each for each in here if each.standard.identity in self._heading_standards(piece)]
        referred = [each for each in here if each.identity in self.references]
        for found in (headed, referred):
            if len(found) == 1:
                return found[0], note
        meant = [each for each in here if each.is_meant_on(self.context.day)]
        if len(meant) == 1 and self.gri.better_title(words, meant) not in {each.identity for each in here}:
            key = "by_assumed_day" if self.context.assumed else "by_day"
            params = {"day": self.context.day.isoformat(), **self._named("meaning", meant[0].identity)}
            return meant[0], note or {"note": key, "params": params}
        offers = [each.identity for each in here]
        raise _Held(DOUBTFUL, "two_meanings", offers, code=code, **self._both(offers[0], offers[-1]))

    # What stands around

    def _heading_year(self, piece: Piece) -> int | None:
        """The year of the heading in the cell or of the chapter, where it is written: `GRI 303: Water 2016`."""
        number = piece.numbers[0]
        if piece.heading and (year := self._beside(piece.heading.tail, self.gri.titled_standards).year):
            return year
        for heading in self.context.headings:
            if found := re.match(rf"\s*(?:GRI)?\s*{number}\b.*?\b((?:19|20)\d\d)\b", flat(heading), re.IGNORECASE):
                return int(found[1])
        return None

    def _heading_standards(self, piece: Piece) -> set[str]:
        """Standards whose title heads the code, where the title is that of one year only."""
        texts = [*self.context.headings, *([piece.heading.tail] if piece.heading else []), piece.lead]
        found = set()
        for text in texts:
            bare = re.sub(r"^\s*GRI\s*\d{1,3}\s*[::-]*", "", flat(text), flags=re.IGNORECASE)
            found |= self.gri.titled_standards.get(title_key(_plain_title(bare)), frozenset())
        return found

    def _beside(self, tail: str, titled: Mapping[str, frozenset[str]], own: Sequence[Disclosure] = ()) -> _Beside:
        """The text after a code or standard taken apart."""
        text, year = _OWN_STANDARD.sub(r"\1", tail).strip(), None
        for pattern in (_YEAR_FIRST, _YEAR_LAST):
            found = pattern.match(text) if pattern is _YEAR_FIRST else pattern.search(text)
            if found and year is None and int(found[1]) in _GRI_YEARS:
                year, text = int(found[1]), (text[: found.start()] + text[found.end() :]).strip()
        title, identities = self._title_of(text, titled)
        if not identities and not title and self.context.titles and not text:
            title, identities = self._row_title(titled)
        if not identities and own and (begun := self._own_beginning(text, own)):
            title, identities = begun
        title = title.strip(" ,;，；:：")
        remark = (text.removeprefix(title) if title else text).strip(" ,;，；:：.。")
        return _Beside(year, title, identities, remark)

    def _title_of(self, text: str, titled: Mapping[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
        for part in (text, _plain_title(text), _BRACKET.sub("", text)):
            if part and (found := titled.get(title_key(part))):
                return part, found
        return "", frozenset()

    def _row_title(self, titled: Mapping[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
        for text in self.context.titles:
            if found := titled.get(title_key(_plain_title(text))):
                return text, found
        return "", frozenset()

    def _own_beginning(self, text: str, own: Sequence[Disclosure]) -> tuple[str, frozenset[str]] | None:
        """A text that begins with a title of the code itself and goes on."""
        ends = [found.start() for found in re.finditer(r"[\s,;，；(（。.]", text)]
        for end in reversed(ends):
            found = self.gri.titled.get(title_key(text[:end]), frozenset())
            if mine := found & {each.identity for each in own}:
                return text[:end], mine
        return None

    def _look_at_words(self, piece: Piece, remark: str) -> None:
        """A doubt where the words around say that the code is not reported, or nobody can tell what they say."""
        remark = ADDRESS.sub("", remark)
        hidden = any(code in self.gri.by_code for code in _CODE_LIKE.findall(flat(remark)))
        if piece.unclear or hidden or _MORE_NUMBERS.match(flat(remark)):
            raise _Held(DOUBTFUL, "number_beside", code=_shown_code(piece))
        if piece.says_none:
            raise _Held(DOUBTFUL, "says_not")
        if SAYS_NOT.search(piece.before) or REFERS.search(piece.before):
            raise _Held(DOUBTFUL, "words_before", words=piece.before.strip()[:60])
        if PAGES.match(remark):
            raise _Held(DOUBTFUL, "pages", words=remark.strip()[:60])
        if GOES_ON.fullmatch(remark):
            raise _Held(DOUBTFUL, "goes_on", words=remark.strip()[:60])
        if len(piece.lead) > LONGEST:
            raise _Held(DOUBTFUL, "long_text")
        around = f"{piece.heading.lead if piece.heading else ''} {piece.lead} {remark}".strip()
        if SAYS_NOT.search(around):
            raise _Held(DOUBTFUL, "says_not")
        lead = _plain_title(piece.lead)
        known = title_key(lead) in self.gri.titled or title_key(lead) in self.gri.titled_standards
        if lead and not known and NO_HEAD.search(lead):
            raise _Held(DOUBTFUL, "words_before", words=lead[:60])
        if lead and not known and not re.search(r"[:：\n]\s*$|\n", self._printed_lead(piece)):
            raise _Held(DOUBTFUL, "words_before", words=lead[:60])

    def _printed_lead(self, piece: Piece) -> str:
        """The words before a code with what follows them."""
        at = piece.text.find(piece.lead)
        after = piece.text[at + len(piece.lead) : at + len(piece.lead) + 3]
        return piece.lead + after

    def _broken_number(self, piece: Piece, code: str) -> None:
        """A code broken over lines within its figures cannot be told from a code beside another number."""
        standard, number = code.split("-")
        longer = [f"{standard}-{number}{piece.after_digits}"] if piece.after_digits else []
        longer += [f"{piece.before_digits}{standard}-{number}"] if piece.before_digits else []
        meant = [each for each in longer if each in self.gri.by_code]
        if meant:
            offers = [d.identity for each in (code, *meant) for d in self._meanings_here(each)]
            raise _Held(DOUBTFUL, "broken_number", offers, code=code, other=meant[0])

    def _without_lost_zero(self, piece: Piece, code: str, beside: _Beside) -> str:
        """2-1, or 2-10 where a spreadsheet dropped the zero of a number: by title or neighbours, else a doubt."""
        longer = f"{code}0"
        is_number = self.only and re.fullmatch(r"\d{1,3}\.\d", flat(piece.text).strip())
        if not is_number or longer not in self.gri.by_code or not self._meanings_here(longer):
            return code
        titled = [
            each for each in (code, longer) if any(d.identity in beside.identities for d in self.gri.by_code[each])
        ]
        near = [each for each in (code, longer) if self._is_beside(each)]
        for found in (titled, near):
            if len(found) == 1:
                return found[0]
        offers = [d.identity for each in (code, longer) for d in self._meanings_here(each)]
        raise _Held(DOUBTFUL, "lost_zero", offers, code=code, other=longer)

    def _is_beside(self, code: str) -> bool:
        standard, _dash, number = code.partition("-")
        above, below = f"{standard}-{int(number) - 1}", f"{standard}-{int(number) + 1}"
        return above in self.context.before or below in self.context.after

    def _here(self, each: Disclosure | Standard) -> bool:
        return self.context.edition in each.editions

    def _meanings_here(self, code: str) -> list[Disclosure]:
        return [each for each in self.gri.by_code.get(code, ()) if self._here(each)]

    def _successors(self, identity: str) -> dict[str, str]:
        targets = [row.target for row in self.gri.followed.get(identity, ()) if row.target]
        spelled = [
            self.gri.spell(target, self.context.edition)
            for target in dict.fromkeys(targets)
            if self._here(self.gri.disclosures[target])
        ]
        return {"successors": ", ".join(spelled)}

    def _both(self, old: str, meaning: str) -> dict[str, str]:
        return {**self._named("old", old), **self._named("meaning", meaning)}

    def _named(self, name: str, identity: str) -> dict[str, str]:
        """Params that name an identity: its code with the year, and its titles."""
        code, _at, year = identity.partition("@")
        found = self.gri.disclosures.get(identity) or self.gri.standards[identity]
        shown = f"{code} ({year})" if "-" in code else f"GRI {code} ({year})"
        return {name: shown, f"{name}_title_zh": found.title_zh, f"{name}_title_en": found.title_en}


def _mended_year(code: str, year: int, known: Sequence[Disclosure | Standard]) -> dict:
    return {"state": REPAIRED, "note": "year_by_title", "params": _years_told(code, year, known)}


def _years_told(code: str, year: int, known: Sequence[Disclosure | Standard]) -> dict[str, str]:
    return {"code": code, "year": str(year), "years": ", ".join(str(each.year) for each in known)}


def _wrong_year(code: str, year: int, known: Sequence[Disclosure | Standard], offers: Sequence[str] = ()) -> _Held:
    return _Held(DOUBTFUL, "wrong_year", offers, **_years_told(code, year, known))


def _is_of_any_topic(disclosure: Disclosure) -> bool:
    """How topics are managed stands once for each, with the topic's name beside it."""
    return disclosure.standard.identity in ("3@2021", "103@2016")


def _shown_code(piece: Piece) -> str:
    numbers = list(map(str, piece.numbers[:2]))
    return "-".join(numbers) if piece.kind != "standard" else f"GRI {numbers[0]}"


def _plain_title(text: str) -> str:
    """A text without a year and marks of footnotes at its end."""
    bare = _MARKS.sub("", flat(text)).strip(" \t\n;,、:-–")
    return _YEAR_LAST.sub("", bare).strip(" \t\n;,、:-–(（")
