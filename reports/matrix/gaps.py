"""Cut lines that leave room for the words they would run through."""

from collections.abc import Sequence

from .geometry import Box, Line, PlacedText

_AIR = 2.5  # px between a word and the line


def pieces(line: Line, texts: Sequence[PlacedText]) -> list[Line]:
    """The parts of a line outside the words of `texts`."""
    (ax, ay), (bx, by) = line
    covered = sorted(span for text in texts if (span := _span(line, _ink_box(text))) is not None)
    parts, at = [], 0.0
    for start, end in [*covered, (1.0, 1.0)]:
        if start > at:
            parts.append(tuple((ax + t * (bx - ax), ay + t * (by - ay)) for t in (at, start)))
        at = max(at, end)
    return parts


def _ink_box(text: PlacedText) -> Box:
    """The box of the letters themselves, without the room that a line box has above and below."""
    box = text.box
    return Box(box.x0 - _AIR, box.y0 + 0.24 * text.size, box.x1 + _AIR, box.y1 - 0.05 * text.size)


def _span(line: Line, box: Box) -> tuple[float, float] | None:
    """The share of the line (from, to) that lies in the box, None where it misses it."""
    (ax, ay), (bx, by) = line
    first, last = 0.0, 1.0
    for start, step, low, high in ((ax, bx - ax, box.x0, box.x1), (ay, by - ay, box.y0, box.y1)):
        if abs(step) < 1e-9:
            if not low < start < high:
                return None
            continue
        a, b = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, a), min(last, b)
    return (first, last) if first < last else None
