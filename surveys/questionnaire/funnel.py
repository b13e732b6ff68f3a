"""From invitations to valid responses, per group and channel (product.md, Fieldwork)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# The channels on which answers are begun here, page by page; other responses come from files and paper.
ONLINE = ("link", "batch", "mail")
# Their links name the group, so that openings are counted from the first; an open link is opened before it is chosen.
PERSONAL = ("batch", "mail")


@dataclass
class FunnelLine:
    """Numbers of one group (0 = not chosen yet) and channel (None = all); None where a number cannot be known.

    `submitted` includes those `waiting` to be mixed; `unfinished` are rows of files that were never submitted.
    `flags` are submitted responses per flag bit, `flagged` those with any.
    """

    group: int = 0
    channel: str | None = None
    invited: int | None = None
    opened: int | None = None
    started: int = 0
    broken_off: int = 0
    in_progress: int = 0
    submitted: int = 0
    waiting: int = 0
    unfinished: int = 0
    valid: int | None = 0
    flagged: int | None = 0
    flags: Counter = field(default_factory=Counter)

    @property
    def known(self) -> int:
        """The fewest who must have started."""
        return self.in_progress + self.broken_off + self.submitted + self.unfinished


@dataclass(frozen=True)
class Funnel:
    """The lines of all groups together, of each group in order, and per group those of its channels."""

    total: FunnelLine
    groups: list[FunnelLine]
    channels: dict[int, list[FunnelLine]]


def build_funnel(
    figures: Mapping[str, Sequence],
    groups: Mapping[int, str],
    counts: Callable[[int, int, bool], bool],
    *,
    bits: Sequence[int],
    anonymous: bool,
) -> Funnel:
    """The funnel from counted figures (see `count_fieldwork`); `groups` {key: code} in order, `bits` those of flags.

    `counts(flags, overruled, unfinished)` says whether such a response is valid. Responses of an anonymous survey have
    no channel: there channels show what was counted on submitting, and None for valid and flagged ones.
    """
    told = ("opened", "started", "broken_off", *(["submitted"] if anonymous else []))
    cells = _told_cells(figures, groups, told)
    own = {key: FunnelLine(key) for key in (*groups, 0)}
    for group, channel, flags, overruled, unfinished, number in figures["kinds"]:
        lines = [own[group]] if anonymous else [own[group], cells[group, channel]]
        for line in lines:
            _add_kind(line, flags, counts(flags, overruled, bool(unfinished)), bool(unfinished), number, bits)
    for group, number in figures["ready"]:
        own[group].waiting += number
        own[group].submitted += number
    if anonymous:
        _place_the_rest(cells, own)
    for line in cells.values():
        line.started = max(line.started, line.known)
        line.opened = line.opened or (0 if line.channel in PERSONAL else None)
    channels = {key: sorted_lines([line for at, line in cells.items() if at[0] == key]) for key in own}
    lines = [_with_sums(line, channels[key]) for key, line in own.items() if key or channels[0]]
    return Funnel(_with_sums(_added(lines), lines), lines, channels)


def sorted_lines(lines: list[FunnelLine]) -> list[FunnelLine]:
    """Lines of channels: those of this installation first, then by name, the unknown one last."""
    place = {channel: at for at, channel in enumerate(ONLINE)}
    return sorted(lines, key=lambda line: (not line.channel, place.get(line.channel, len(place)), line.channel))


def _told_cells(
    figures: Mapping[str, Sequence], groups: Mapping[int, str], told: Sequence[str]
) -> dict[tuple[int, str], FunnelLine]:
    """What invitations, drafts and the measures `told` of counts without a token say, per group and channel."""
    cells: dict[tuple[int, str], FunnelLine] = _Cells()
    keys = {code: key for key, code in groups.items()}
    for group, channel, number in figures["invited"]:
        cells[group, channel].invited = (cells[group, channel].invited or 0) + number
    for measure, code, channel, _place, number in figures["tally"]:
        if measure in told:
            line = cells[keys.get(code, 0), channel]
            setattr(line, measure, (getattr(line, measure) or 0) + number)
    for group, channel, _page, _idle, number in figures["drafts"]:
        cells[group, channel].in_progress += number
    return cells


class _Cells(defaultdict):
    def __missing__(self, key: tuple[int, str]) -> FunnelLine:
        self[key] = FunnelLine(*key)
        return self[key]


def _add_kind(line: FunnelLine, flags: int, valid: bool, unfinished: bool, number: int, bits: Sequence[int]) -> None:
    if unfinished:
        line.unfinished += number
        return
    line.submitted += number
    line.valid += number if valid else 0
    earned = [bit for bit in bits if flags & bit]
    line.flagged += number if earned else 0
    line.flags.update(dict.fromkeys(earned, number))


def _place_the_rest(cells: dict[tuple[int, str], FunnelLine], own: Mapping[int, FunnelLine]) -> None:
    """Anonymous responses that were not counted by channel came by an unknown one."""
    for key, line in own.items():
        told = sum(cell.submitted for at, cell in cells.items() if at[0] == key)
        if line.submitted > told or line.unfinished:
            cells[key, ""].submitted += max(0, line.submitted - told)
            cells[key, ""].unfinished += line.unfinished
    for cell in cells.values():
        cell.valid = cell.flagged = None


def _with_sums(line: FunnelLine, parts: Sequence[FunnelLine]) -> FunnelLine:
    """The line with what is known only part by part."""
    for name in ("invited", "opened"):
        known = [getattr(part, name) for part in parts if getattr(part, name) is not None]
        setattr(line, name, sum(known) if known else None)
    for name in ("started", "broken_off", "in_progress"):
        setattr(line, name, sum(getattr(part, name) for part in parts))
    return line


def _added(lines: Sequence[FunnelLine]) -> FunnelLine:
    total = FunnelLine()
    for name in ("submitted", "waiting", "unfinished", "valid", "flagged"):
        setattr(total, name, sum(getattr(line, name) for line in lines))
    for line in lines:
        total.flags.update(line.flags)
    return total
