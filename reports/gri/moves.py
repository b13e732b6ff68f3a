"""An outline moved to another edition by the crosswalk, and one filled from what the library maps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reports.gri.index import (
    Entry,
    OutlineRow,
    Topic,
    claimed,
    heads_of,
    is_management,
    spelled,
    title_of,
    without_doubles,
)
from reports.gri.reading import DOUBTFUL, REFUSED, Reading
from reports.gri.standards import Standards, Successor

NEWEST = "2025"  # the standards of 2024 and 2025, which are used with edition 2021
TARGETS = ("2021", NEWEST)
BY_THEMSELVES = frozenset({"equal", "moved"})


@dataclass(frozen=True)
class Moved:
    """A row that was moved, and a reading for each of its entries."""

    row: OutlineRow
    readings: list[Reading]


def moved_rows(rows: Sequence[OutlineRow], gri: Standards, edition: str, to: str) -> list[Moved]:
    """Rows of `edition` in `to` (`2021`, or `2025`: the standards of 2024 and 2025).

    What has one equal or moved successor moves by itself; what was merged, split or withdrawn stays as text with what
    it may become, to be decided with both titles in view.
    """
    return [_moved(row, gri, edition, to) for row in rows]


def _moved(row: OutlineRow, gri: Standards, edition: str, to: str) -> Moved:
    entries, readings = [], []
    for entry in row.entries:
        kept, reading = _moved_entry(entry, gri, edition, to)
        entries.append(kept)
        readings += [reading] if reading else []
    return Moved(replace(row, entries=without_doubles(entries)), readings)


def _moved_entry(entry: Entry, gri: Standards, edition: str, to: str) -> tuple[Entry, Reading | None]:
    if not entry.identity or entry.is_held:
        return _other(entry, gri, edition, to)
    found = {step.target: step for step in gri.followed.get(entry.identity, ()) if _leads(step, gri, to)}
    steps = list(found.values())
    if not steps and (to == NEWEST or "2021" in gri.disclosures[entry.identity].editions):
        return entry, None
    targets = [step.target for step in steps if step.target]
    text = f"{spelled(entry, gri, edition, sure=True)} {title_of(entry, gri, chinese=False)}"
    if len(steps) == 1 and targets and steps[0].relation in BY_THEMSELVES and not steps[0].is_doubtful:
        return replace(entry, identity=targets[0], title=""), Reading(text, codes=(targets[0],))
    note = steps[0].relation if targets else "withdrawn"
    params = {"note_zh": "; ".join(s.note_zh for s in steps), "note_en": "; ".join(s.note_en for s in steps)}
    state = DOUBTFUL if targets else REFUSED
    return Entry(text=text), Reading(
        text, state, note=f"was_{note}", params=params, offers=tuple(dict.fromkeys(targets))
    )


def _leads(step: Successor, gri: Standards, to: str) -> bool:
    """Whether a step of the crosswalk is one of this move."""
    newer = bool(step.target) and gri.disclosures[step.target].year > 2021
    if to == NEWEST:
        return newer
    return not newer and step.target != step.source


def _other(entry: Entry, gri: Standards, edition: str, to: str) -> tuple[Entry, Reading | None]:
    """Whole standards that the other edition has stay; others are to be decided; sector topics and texts stay."""
    standard = gri.standards.get(entry.standard)
    if standard is None or to == NEWEST or "2021" in standard.editions:
        return entry, None
    text = spelled(entry, gri, edition, sure=True)
    params = {"note_zh": standard.replaced_by, "note_en": standard.replaced_by}
    return Entry(text=text), Reading(text, REFUSED, note="was_withdrawn", params=params)


@dataclass(frozen=True)
class TopicCategory:
    """A category of the library with its material topics."""

    name_zh: str
    name_en: str
    topics: Sequence[Topic]


def proposed_rows(
    branches: Sequence[TopicCategory],
    gri: Standards,
    edition: str,
    day: date,
    *,
    names: Mapping[str, str],
    sectors: Sequence[str] = (),
) -> list[OutlineRow]:
    """An outline from the library: general disclosures, a chapter per category, a section per primary issue with the
    disclosures of its material issues, and its management. What is not in force on the day is left out.

    `names`: chapter and sections that are the same in every report, in both languages.
    """
    rows = [_general(gri, edition, day, names)]
    for branch in branches:
        for topic in branch.topics:
            rows.append(
                OutlineRow(
                    0,
                    branch.name_zh,
                    topic.name_zh,
                    branch.name_en,
                    topic.name_en,
                    topic.issues[1:] or topic.issues,
                    _topic_entries(topic, gri, edition, day, sectors),
                )  # fmt: skip
            )
    return [replace(row, order=order) for order, row in enumerate(rows, start=1)]


def _general(gri: Standards, edition: str, day: date, names: Mapping[str, str]) -> OutlineRow:
    standard = {"2016": "102@2016", "2021": "2@2021"}[edition]
    codes = [each.identity for each in gri.of_standard[standard]]
    codes += ["3-1@2021", "3-2@2021"] if edition == "2021" else []
    entries = tuple(Entry(identity=identity) for identity in codes)
    return OutlineRow(
        0, names["chapter_zh"], names["section_zh"], names["chapter_en"], names["section_en"], entries=entries
    )


def _topic_entries(topic: Topic, gri: Standards, edition: str, day: date, sectors: Sequence[str]) -> tuple[Entry, ...]:
    managed = {"2016": ["103-1@2016", "103-2@2016", "103-3@2016"], "2021": ["3-3@2021"]}[edition]
    wanted = [*managed, *(i for i in topic.identities if _is_used(i, gri, day, edition))]
    entries = [Entry(identity=identity) for identity in wanted]
    # How a topic is managed every sector topic lists: it names none.
    own = [i for i in topic.identities if i in gri.disclosures and not is_management(gri.disclosures[i])]
    listed = [ref.topic for ref in gri.references if ref.version in sectors and ref.identity in own]
    return without_doubles([*entries, *(Entry(sector=code) for code in dict.fromkeys(listed))])


def _is_used(identity: str, gri: Standards, day: date, edition: str) -> bool:
    found = gri.disclosures.get(identity)
    if found is None or edition not in found.editions or found.standard.kind != "topic":
        return False
    return edition == "2016" or found.in_force(day)


def filled_rows(
    rows: Sequence[OutlineRow],
    topics: Sequence[Topic],
    gri: Standards,
    edition: str,
    day: date,
    sectors: Sequence[str] = (),
) -> list[OutlineRow]:
    """The company's own outline with what its issues are mapped to, behind what its rows carry already."""
    filled = []
    for row in rows:
        mine = [topic for topic in topics if set(topic.issues) & set(row.issues)]
        added = [entry for topic in mine for entry in _topic_entries(topic, gri, edition, day, sectors)]
        held = {entry.key for entry in row.entries}
        filled.append(replace(row, entries=(*row.entries, *(e for e in without_doubles(added) if e.key not in held))))
    return filled


def unplaced(
    rows: Sequence[OutlineRow], topics: Sequence[Topic], gri: Standards, edition: str, day: date
) -> Iterator[str]:
    """Identities that the index has no row for: general ones, and those that material topics are mapped to, of the
    edition and in force on the day.
    """
    there = {identity for row in rows for identity in row.identities}
    whole = [entry.standard for row in rows for entry in claimed(row, heads_of(rows, gri)) if entry.standard]
    there |= {each.identity for standard in whole for each in gri.of_standard.get(standard, ())}
    general = {"2016": "102@2016", "2021": "2@2021"}[edition]
    wanted = [each.identity for each in gri.of_standard[general]]
    wanted += ["3-1@2021", "3-2@2021"] if edition == "2021" else []
    wanted += [identity for topic in topics for identity in topic.identities if _is_used(identity, gri, day, edition)]
    yield from (identity for identity in dict.fromkeys(wanted) if identity not in there)
