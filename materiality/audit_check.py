"""Checking the chain of audit events: pure, one event at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from materiality.audit import HASHED, hash_of

NUMBER, PREVIOUS = HASHED.index("number"), HASHED.index("previous_hash")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `number` of the event (0 where it is none's), `kind`, and what else the words need.

    Kinds: missing, order, chain, contents, touched, row_changed, row_gone, row_back, anchor.
    """

    number: int
    kind: str
    params: dict = field(default_factory=dict)


@dataclass
class Chain:
    """The chain as read so far: number and hash of its last event, and whether the anchor was met."""

    anchor: str = ""
    number: int = 0
    head: str = ""
    anchored: bool = False

    def check(self, rows: Iterable[Sequence]) -> Iterator[Finding]:
        """Findings of events in the order of their numbers: values in the order of HASHED, then the stored hash.

        Every event is held against the stored hash of the one before, so that one that was changed is named alone.
        """
        for *values, stored in rows:
            number, expected = values[NUMBER], self.number + 1
            if number > expected:
                yield Finding(expected, "missing", {"last": number - 1})
            elif number < expected:
                yield Finding(number, "order")
            elif values[PREVIOUS] != self.head:
                yield Finding(number, "chain")
            if hash_of(values) != stored:
                yield Finding(number, "contents")
            self.number, self.head = number, stored
            self.anchored = self.anchored or stored == self.anchor

    def end(self) -> Iterator[Finding]:
        """What can only be said at the end: the anchor stands nowhere."""
        if self.anchor and not self.anchored:
            yield Finding(0, "anchor", {"hash": self.anchor})
