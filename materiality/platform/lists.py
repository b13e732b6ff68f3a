"""One pattern for every list: search, chips, count and files above it, a sort on every head, pages below it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from materiality.platform.pages import PER_PAGE
from materiality.platform.words import grouped

Words = str | Promise
FILES = ("xlsx", "csv")


@dataclass(frozen=True)
class Head:
    """A column: its words, the class of its cells, and what the list is sorted by when its head is chosen.

    `by`: a field of the query, or for rows in memory an attribute or a function; empty for a column without an order.
    `key` names it in the address. A `key` alone is an order that the rows come in already. `falling`: high before low.
    `said`: what a file of the list says in the column, an attribute or a function, where it is not what sorts it; a
    column with neither is not in the file.
    """

    words: Words
    key: str = ""
    by: str | Callable[[Any], Any] = ""
    css: str = ""
    falling: bool = False
    said: str | Callable[[Any], Any] = ""


@dataclass(frozen=True)
class Chip:
    """A filter that the parameter `name` of the address holds. One choice without a label is a switch, others are a
    menu, or stand beside each other where it is `wide`.

    `none`: the words for no choice, None where one always holds; then `chosen` is the one that holds by itself. One
    without choices is chosen elsewhere on the page.
    """

    name: str
    label: Words
    choices: Iterable[tuple[str, Words]]
    none: Words | None = None
    chosen: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Entry:
    """A field for a day, or with a `hint` for a number from 0 to 100; the parameter `name` of the address holds it."""

    name: str
    label: Words
    value: str
    hint: str = ""


@dataclass(frozen=True)
class Link:
    """What a head or a choice leads to; `state` says which way a list is sorted or that a choice is the present one."""

    address: str
    words: Words
    state: str = ""
    css: str = ""


@dataclass(frozen=True)
class ShownChip:
    """A chip with its links; `chosen` are the words of the present choice, empty where there is none."""

    label: Words
    chosen: Words
    links: Sequence[Link]
    switch: bool
    wide: bool = False


class Listing:
    """A list as its page shows it; the address holds all that was chosen.

    `noun`: a plural with %(shown)s; `search`: what the field `q` looks in; `files`: (words, address) of the same rows;
    `entries`: fields beside the chips; `sort`: the order that the rows come in. `place`: the id of the
    list's heading where other things stand above it, to which each of its addresses leads; its order and page bear that
    name, so that several lists stand on a page. `count`: how many there are, where a row holds several of them. `name`:
    of a file with all the rows, which is offered at the head. `live`: the id of the part that changes while words are
    typed. `rows` are those of the page; a view that shows more of each puts that in their place.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: Any,
        *,
        heads: Sequence[Head] = (),
        chips: Sequence[Chip] = (),
        noun: Any = None,
        search: Words = "",
        entries: Sequence[Entry] = (),
        files: Sequence[tuple[Words, str]] = (),
        sort: str = "",
        per_page: int = PER_PAGE,
        place: str = "",
        count: int | None = None,
        name: str = "",
        live: str = "",
    ) -> None:
        self._request, self._heads, self._chips, self._noun = request, heads, chips, noun
        self.search, self.entries, self._place, self._count, self.name = search, entries, place, count, name
        self.live = live
        self._sort, self._page, self._file = (f"{place}-{own}" if place else own for own in ("sort", "page", "file"))
        self.sort = request.GET.get(self._sort) or sort
        self.page = self.rows = Paginator(self._ordered(rows), per_page).get_page(request.GET.get(self._page))
        shown = self._query(**{self._sort: None})
        self.files = [
            (words, address + (shown.replace("?", "&") if "?" in address else shown)) for words, address in files
        ]
        self.asked_file = request.GET.get(self._file) if name and request.GET.get(self._file) in FILES else ""
        if name and self.count:
            self.files += [(kind.upper(), self._query(**{self._file: kind})) for kind in FILES]

    @property
    def count(self) -> int:
        return self.page.paginator.count if self._count is None else self._count

    @property
    def counted(self) -> str:
        """How many rows there are, in words."""
        return self._noun % {"number": self.count, "shown": grouped(self.count)} if self._noun else ""

    @property
    def columns(self) -> list[str]:
        """The first row of the file."""
        return [str(head.words) for head in self._heads if head.said or head.by]

    def cells(self) -> Iterator[list[str | int | float]]:
        """The other rows of the file: all that the list holds, on whichever page."""
        sources = [head.said or head.by for head in self._heads if head.said or head.by]
        for row in self.page.paginator.object_list:
            yield [_cell(row, source) for source in sources]

    @property
    def sought(self) -> str:
        return self._request.GET.get("q", "")

    @property
    def narrowed(self) -> bool:
        """Whether something was chosen that leaves rows out."""
        names = {
            "q",
            *(chip.name for chip in self._chips if chip.none is not None),
            *(each.name for each in self.entries),
        }
        return any(self._request.GET.get(name) for name in names)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the fields of the form do not hold themselves but the address keeps."""
        own = {"q", self._page, *(each.name for each in self.entries)}
        return [(name, value) for name, value in self._request.GET.items() if name not in own and value]

    @property
    def all_address(self) -> str:
        """The list without what leaves rows out."""
        cleared = {chip.name: None for chip in self._chips if chip.none is not None}
        return self._address(q=None, **cleared, **{each.name: None for each in self.entries})

    @property
    def previous(self) -> str:
        """The address of the page before."""
        return self._address(**{self._page: str(self.page.previous_page_number())})

    @property
    def next(self) -> str:
        """The address of the page after."""
        return self._address(**{self._page: str(self.page.next_page_number())})

    @property
    def heads(self) -> list[Link]:
        return [self._head(head) for head in self._heads]

    @property
    def chips(self) -> list[ShownChip]:
        return [self._chip(chip) for chip in self._chips if chip.choices]

    def _head(self, head: Head) -> Link:
        if not head.key:
            return Link("", head.words, css=head.css)
        ways = ("descending", "ascending") if head.falling else ("ascending", "descending")
        now = dict(zip((head.key, f"-{head.key}"), ways, strict=True)).get(self.sort, "")
        following = f"-{head.key}" if self.sort == head.key else head.key
        return Link(self._address(**{self._sort: following}), head.words, now, head.css)

    def _chip(self, chip: Chip) -> ShownChip:
        choices = [(str(value), words) for value, words in chip.choices]
        wanted = self._request.GET.get(chip.name) or chip.chosen
        chosen = next((words for value, words in choices if value == wanted), "")
        switch = len(choices) == 1 and chip.none is not None and not chip.label
        if switch:
            return ShownChip(
                chip.label,
                chosen,
                [Link(self._address(**{chip.name: None if chosen else choices[0][0]}), choices[0][1])],
                True,
            )
        links = [
            Link(self._address(**{chip.name: value}), words, "true" if value == wanted else "", f"of-{value}")
            for value, words in choices
        ]
        if chip.none is not None:
            links.insert(0, Link(self._address(**{chip.name: None}), chip.none, "" if chosen else "true"))
        return ShownChip(chip.label, chosen, links, False, chip.wide)

    def _address(self, **changes: str | None) -> str:
        return self._query(**changes) + (f"#{self._place}" if self._place else "")

    def _query(self, **changes: str | None) -> str:
        query = self._request.GET.copy()
        for name, value in {self._page: None, **changes}.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}" if query else "?"

    def _ordered(self, rows: Any) -> Any:
        """The rows by the head chosen, what is missing last; in their own order where none is."""
        head = next((head for head in self._heads if head.key and head.key == self.sort.removeprefix("-")), None)
        if head is None or not head.by:
            return rows
        falling = self.sort.startswith("-") != head.falling
        if isinstance(rows, QuerySet):
            field = F(str(head.by))
            return rows.order_by(field.desc(nulls_last=True) if falling else field.asc(nulls_last=True), "pk")
        value = head.by if callable(head.by) else attrgetter(head.by.replace("__", "."))
        present = [row for row in rows if value(row) is not None]
        return sorted(present, key=value, reverse=falling) + [row for row in rows if value(row) is None]


def _cell(row: Any, source: str | Callable[[Any], Any]) -> str | int | float:
    """What a file says: moments in the zone of staff, choices and people in words, figures as figures."""
    value = source(row) if callable(source) else _value(row, source.replace("__", "."))
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 1)  # as pages show them
    return value if isinstance(value, int) else "" if value is None else str(value)


def _value(row: Any, path: str) -> Any:
    """What stands at the end of the path, None where it breaks off; the word of a choice rather than its code."""
    *way, name = path.split(".")
    for step in way:
        row = getattr(row, step, None)
    worded = getattr(row, f"get_{name}_display", None)
    return worded() if worded else getattr(row, name, None)


def orders_of(heads: Sequence[Head]) -> Chip:
    """The orders of a list whose page has no heads; the first holds by itself."""
    return Chip("sort", _("Order"), [(head.key, head.words) for head in heads], chosen=heads[0].key)


def choices_of(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Choices of a chip from rows with a code and a name."""
    return [(row.code, row.name) for row in rows]


def chosen_in(query: Mapping[str, str], name: str, choices: Iterable[str]) -> str:
    """What the address chose, empty where it is none of the choices."""
    value = query.get(name, "")
    return value if value in set(choices) else ""
