"""Tables of a framework by the issues that its topics cover: SDG, stock exchanges of China, HKEX and ESRS."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Run
from reports.documents.tables import Cell, Column, Table, TableRow
from reports.documents.written import table_kind
from reports.models import TableText
from reports.queries.outputs import Inputs, frozen_text
from reports.queries.tables import ScoredIssue, catalogue_inputs, issues_of, own_text, own_texts


@dataclass(frozen=True)
class FrameworkTopic:
    """A topic of the framework with the issues of the run that it covers, itself or by what stands below it.

    `direct`: codes of the issues that are mapped to it itself. A code that is not `official` is not printed.
    """

    code: str
    title: str
    parent: str
    colour: str
    kind: str
    official: bool
    issues: Sequence[ScoredIssue]
    direct: Sequence[str]
    locations: Sequence[str]

    @property
    def material(self) -> list[ScoredIssue]:
        return [issue for issue in self.issues if issue.material]

    @property
    def named(self) -> str:
        """The titles of parts name themselves."""
        return f"{self.code} {self.title}" if self.official and self.kind != "part" else self.title


def _topics(inputs: Mapping) -> list[FrameworkTopic]:
    """All topics in the catalogue's order; what covers a topic covers those that it stands under."""
    issues = {issue.code: issue for issue in issues_of(inputs)}
    parents = {row["code"]: row["parent"] for row in inputs["topics"]}
    covered: dict[str, set[str]] = {code: set() for code in parents}
    for row in inputs["topics"]:
        at = row["code"]
        while at:
            covered[at].update(row["issues"])
            at = parents[at]
    return [
        FrameworkTopic(
            row["code"],
            frozen_text(row, "title"),
            row["parent"],
            row["colour"],
            row.get("kind", ""),  # inputs that were frozen before have neither
            row.get("official", True),
            [issue for code, issue in issues.items() if code in covered[row["code"]]],
            row["issues"],
            inputs["locations"].get(row["code"], []),
        )
        for row in inputs["topics"]
    ]


def _names(issues: Iterable[ScoredIssue]) -> str:
    return _("; ").join(issue.name for issue in issues)


def _because(topic: FrameworkTopic, scored: int) -> str:
    """Why a topic is material or not, from what was scored."""
    if topic.material:
        return _("Material: %(issues)s") % {"issues": _names(topic.material)}
    ranked = [issue for issue in topic.issues if issue.rank]
    if ranked:
        said = [_("%(issue)s (rank %(rank)s)") % {"issue": issue.name, "rank": issue.rank} for issue in ranked]
        return _("Below the threshold among %(scored)s issues: %(issues)s") % {
            **{"scored": scored, "issues": _("; ").join(said)}
        }
    if topic.issues:
        return _("Covered by issues that could not be scored: %(issues)s") % {"issues": _names(topic.issues)}
    return _("No issue of this assessment is mapped to it.")


def _location() -> Column:
    return Column("location", _("Location"), may_go=True)


def _places(locations: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(locations))


def _is_material(topic: FrameworkTopic) -> str:
    return _("Material") if topic.material else _("Not material")


def goal_table(inputs: Mapping) -> Table:
    """A row per goal, with the targets that material issues name; goals whose issues are the same stand together, and
    the issues once beside them.
    """
    columns = [
        Column("number", _("SDG"), shares=True),
        Column("goal", _("Goal"), shares=True),
        Column("targets", _("Targets"), may_go=True),
        Column("issues", _("Material issues"), once=True, shares=True),
        Column("contribution", _("Our contribution"), may_go=True),
    ]
    together: dict[str, list[FrameworkTopic]] = {}
    targets: dict[str, list[str]] = defaultdict(list)
    for topic in _topics(inputs):
        if not topic.parent:
            together.setdefault(_names(topic.material), []).append(topic)
        elif topic.material:
            targets[topic.parent].append(topic.code)
    none = _("No material issue bears on it")
    rows = [
        TableRow([_number(each), each.title, ", ".join(targets[each.code]), names or none, own_text(inputs, each.code)])
        for names, topics in together.items()
        for each in topics
    ]
    return Table(columns, rows, name=_("SDG")).without_empty()


def _number(goal: FrameworkTopic) -> Cell:
    return Cell(goal.code, bold=True, fill=goal.colour, ink=_ink(goal.colour))


def _ink(fill: str) -> str:
    """Black or white, whichever is read better on the colour (WCAG 2.2, relative luminance)."""
    if not fill:
        return ""
    parts = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#FFFFFF"


def exchange_table(inputs: Mapping) -> Table:
    """The topics of the exchanges' guidelines: material or not, and because of what."""
    topics = {topic.code: topic for topic in _topics(inputs)}
    columns = [
        Column("topic", _("Topic")),
        Column("material", _("Materiality")),
        Column("because", _("Because")),
        _location(),
    ]
    listed = [topic for topic in topics.values() if topic.parent]
    rows = [
        TableRow(
            [each.title, _is_material(each), _reason(inputs, each), _places(each.locations)],
            bands=(topics[each.parent].title,),
        )
        for each in listed
    ]
    return Table(columns, rows, name=_("Exchanges"), bands=("dimension",)).without_empty()


def _reason(inputs: Mapping, topic: FrameworkTopic) -> str:
    """The company's own reason, else what was scored."""
    return own_text(inputs, topic.code) or _because(topic, _scored(inputs))


def _scored(inputs: Mapping) -> int:
    return sum(row["rank"] is not None for row in inputs["issues"])


def hkex_table(inputs: Mapping) -> Table:
    """A row per general disclosure and key performance indicator under its aspect, and per paragraph of the parts."""
    topics = {topic.code: topic for topic in _topics(inputs)}
    columns = [
        Column("aspect", _("Aspect"), once=True),
        Column("kpi", _("KPI"), shares=True),
        Column("material", _("Materiality"), once=True),
        Column("issues", _("Material issues"), once=True),
        _location(),
    ]
    rows = [
        TableRow([*cells, _places(places)], bands=(_root(topic, topics).named,))
        for topic in topics.values()
        if topic.parent
        for *cells, places in _hkex_rows(topic, topics)
    ]
    notes = [_("Labels of the indicators are short ones of our own; their numbers are those of the Code of 2025.")]
    return Table(columns, rows, name="HKEX", bands=("subject_area",), notes=notes).without_empty()


MANDATORY = "MDR"


def _hkex_rows(
    topic: FrameworkTopic, topics: Mapping[str, FrameworkTopic]
) -> Iterator[tuple[str, str, str, str, Sequence[str]]]:
    """Aspect, indicator, materiality, issues and places."""
    above = topics[topic.parent]
    if topic.kind == "paragraph":
        always, part = topic.parent == MANDATORY, above.title if above.parent else ""
        held = _with_above(topic, topics)
        material = _("Always reported") if always else _("Material") if held else _("Not material")
        yield part, topic.title, material, _names(held), topic.locations
    elif topic.kind in ("aspect", ""):
        told = (_is_material(topic), _names(topic.material))
        yield topic.named, _("General disclosure"), *told, topic.locations
        for each in topics.values():
            if each.parent == topic.code and each.kind == "kpi":
                yield topic.named, each.named, *told, each.locations


def _with_above(topic: FrameworkTopic, topics: Mapping[str, FrameworkTopic]) -> list[ScoredIssue]:
    """Material issues that are mapped to the topic, or to the whole of what it stands under."""
    found, at = {issue.code: issue for issue in topic.material}, topic
    while at.parent:
        at = topics[at.parent]
        found |= {issue.code: issue for issue in at.material if issue.code in at.direct}
    return list(found.values())


def _root(topic: FrameworkTopic, topics: Mapping[str, FrameworkTopic]) -> FrameworkTopic:
    while topic.parent:
        topic = topics[topic.parent]
    return topic


def esrs_table(inputs: Mapping) -> Table:
    """A row per disclosure requirement under its standard, with the material issues that call for it."""
    topics = {topic.code: topic for topic in _topics(inputs)}
    columns = [
        Column("requirement", _("Disclosure requirement"), shares=True),
        Column("material", _("Materiality"), once=True),
        Column("issues", _("Material issues"), once=True),
        _location(),
    ]
    by_standard: dict[str, list[FrameworkTopic]] = {}
    for topic in topics.values():
        if topic.kind.endswith("disclosure_requirement"):
            by_standard.setdefault(topic.parent, []).append(topic)
    rows = []
    for standard, requirements in by_standard.items():
        topic, general = topics[standard], standard == GENERAL
        for each in requirements:
            material = _("Always reported") if general else _is_material(topic)
            places = each.locations or _below(topic, topics)
            cells = [each.named, material, "" if general else _names(topic.material), _places(places)]
            rows.append(TableRow(cells, bands=(topic.named,)))
    notes = [_("A location is shown beside a requirement only where a section of the outline carries its standard.")]
    return Table(columns, rows, name="ESRS", bands=("standard",), notes=notes).without_empty()


GENERAL = "ESRS 2"


def _below(topic: FrameworkTopic, topics: Mapping[str, FrameworkTopic]) -> list[str]:
    """Where the outline prints the standard or a matter of it."""
    return [place for each in topics.values() if _stands_under(each, topic, topics) for place in each.locations]


def _stands_under(topic: FrameworkTopic, above: FrameworkTopic, topics: Mapping[str, FrameworkTopic]) -> bool:
    return topic.code == above.code or (topic.parent and _stands_under(topics[topic.parent], above, topics))


def _inputs(framework: str, table: str = "") -> Inputs:
    def inputs(cycle: Cycle, run: Run | None, _options: Mapping) -> dict:
        found = catalogue_inputs(cycle, run, framework)
        return found | {"own": own_texts(cycle, table)} if table else found

    return inputs


SDG_TABLE = table_kind("sdg-table", gettext_lazy("SDG table"), 5, _inputs("SDG", TableText.Table.SDG), goal_table)
EXCHANGE_TABLE = table_kind(
    "exchange-table",
    gettext_lazy("Exchange topics"),
    7,
    _inputs("CNSE", TableText.Table.EXCHANGE),
    exchange_table,
    wide=True,
)
HKEX_TABLE = table_kind("hkex-table", gettext_lazy("HKEX table"), 8, _inputs("HKEX"), hkex_table, wide=True)
ESRS_TABLE = table_kind("esrs-table", gettext_lazy("ESRS table"), 9, _inputs("ESRS"), esrs_table, wide=True)
