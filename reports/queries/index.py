"""The content index of a cycle: its material topics, what is decided, and what it claims, in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from materiality.models import Category as LibraryCategory
from materiality.models import Cycle, Issue, IssueMapping, IssueScore, Run
from materiality.platform.bilingual import is_chinese
from materiality.platform.digests import value_digest
from materiality.platform.organisation import organisation_name
from materiality.queries.cycles import newest_run, publication_day, run_behind
from materiality.queries.review import last_sign_off, reviewed
from reports.gri.checks import FAIL, SENTENCES, CheckedIndex, Finding, found_by
from reports.gri.index import Decision, Entry, OutlineRow, Topic, folded, spelled, title_of
from reports.gri.moves import TopicCategory, filled_rows, proposed_rows, unplaced
from reports.models import AcceptedFinding, ContentIndex, IndexDecision
from reports.queries.outline import GRI, content_index, gri_standards, outline_rows


def signed_topics(cycle: Cycle, rows: Iterable[OutlineRow]) -> tuple[list[Topic] | None, str]:
    """The material topics of the snapshot that was signed, else of the newest run unless it is stale; and which it is.

    None where nothing was scored, or the run is stale.
    """
    run = newest_run(cycle)
    if signed := last_sign_off(cycle) if run and run.signed else None:
        codes = [each["code"] for each in signed.snapshot["issues"] if each["material"]]
        issues = Issue.objects.filter(edition_id=signed.run.edition_id, code__in=codes).select_related("parent")
        topics = _joined(issues.order_by("category__order", "code"), cycle.gri_edition)
        return topics, _("sign-off %(number)s") % {"number": signed.number}
    if run is None or run_behind(cycle):
        return None, ""
    return material_topics(cycle, rows, run), _("run %(number)s") % {"number": run.number}


def material_topics(cycle: Cycle, rows: Iterable[OutlineRow], run: Run | None = None) -> list[Topic]:
    """The material issues of the run (the newest unless one is given), joined under their primary issues, each with the
    disclosures that they are mapped to. Without a run, those of the issues that the outline names.
    """
    if run := run or cycle.runs.defer("cube").order_by("-number").first():
        scores = IssueScore.objects.filter(run=run, derived=False).select_related("issue__parent").defer("groups")
        ranked = reviewed(run, scores.order_by("issue__category__order", "issue__code"))
        issues = [each.score.issue for each in ranked if each.material]
    else:
        named = {code for row in rows for code in row.issues}
        issues = Issue.objects.filter(edition_id=cycle.edition_id, code__in=named).select_related("parent")
        issues = issues.order_by("category__order", "code")
    return _joined(issues, cycle.gri_edition)


def _joined(issues: Iterable[Issue], edition: str) -> list[Topic]:
    mapped: dict[str, list[str]] = defaultdict(list)
    under: dict[str, list[Issue]] = {}
    for issue in issues:
        under.setdefault((issue.parent or issue).code, []).append(issue)
    codes = {issue.pk: issue.code for group in under.values() for issue in group}
    found = IssueMapping.objects.filter(issue__in=codes, disclosure__framework__code=GRI).filter(
        disclosure__framework__edition=edition
    )
    for issue, code, year in found.order_by("disclosure__order").values_list(
        "issue", "disclosure__code", "disclosure__standard_year"
    ):
        mapped[codes[issue]].append(f"{code}@{year}")
    topics = []
    for code, group in under.items():
        head = group[0].parent or group[0]
        identities = dict.fromkeys(identity for issue in group for identity in mapped[issue.code])
        names = {"name_zh": head.name_zh, "name_en": head.name_en}
        topics.append(Topic(code, **names, issues=(code, *(i.code for i in group)), identities=tuple(identities)))
    return topics


def stored_decisions(cycle: Cycle, rows: Iterable[IndexDecision] | None = None) -> list[Decision]:
    """What is decided of disclosures, by identity; `rows` where they were read before."""
    rows = IndexDecision.objects.filter(cycle=cycle).select_related("decided_by") if rows is None else rows
    return [
        Decision(row.identity, row.state, row.requirement, row.reason, row.explanation, str(row.decided_by or ""))
        for row in rows
    ]


def _decision_rows(cycle: Cycle) -> Iterable[IndexDecision]:
    """Asked once per cycle object: for pages, which hold them against the outline and list them."""
    prefetch_related_objects([cycle], Prefetch("index_decisions", IndexDecision.objects.select_related("decided_by")))
    return cycle.index_decisions.all()


def statement_of_use(claim: str, organisation: str, start: date, end: date) -> str:
    """The sentence that GRI 1 (2021) or GRI 101 (2016) asks for; "" without a claim."""
    named = {"organisation": organisation, "period": period_words(start, end)}
    claims = ContentIndex.Claim
    sentences = {
        claims.ACCORDANCE: _(
            "%(organisation)s has reported in accordance with the GRI Standards for the period %(period)s."
        ),
        claims.REFERENCE: _(
            "%(organisation)s has reported the information cited in this GRI content index for the period %(period)s"
            " with reference to the GRI Standards."
        ),
        claims.CORE: _("This report has been prepared in accordance with the GRI Standards: Core option."),
        claims.COMPREHENSIVE: _(
            "This report has been prepared in accordance with the GRI Standards: Comprehensive option."
        ),
        claims.REFERENCED: _("This material references disclosures of the GRI Standards for the period %(period)s."),
    }
    return sentences[claim] % named if claim in sentences else ""


def period_words(start: date, end: date) -> str:
    """`1 January 2026 to 31 December 2026`."""
    form = "Y年n月j日" if is_chinese() else "j F Y"
    days = {"start": date_format(start, form), "end": date_format(end, form)}
    return _("%(start)s to %(end)s") % days


def proposed_outline(cycle: Cycle) -> list[OutlineRow]:
    """The outline that the library proposes: the company's own rows filled, where they name issues; else a new one."""
    rows = outline_rows(cycle)
    index = content_index(cycle)
    day = publication_day(cycle)[0]
    topics = material_topics(cycle, rows)
    gri, edition = gri_standards(), cycle.gri_edition
    if any(row.issues for row in rows):
        return filled_rows(rows, topics, gri, edition, day, index.sectors)
    heads = Issue.objects.filter(edition_id=cycle.edition_id, code__in=[topic.code for topic in topics])
    categories = dict(heads.values_list("code", "category"))
    branches = []
    for category in LibraryCategory.objects.filter(pk__in=categories.values()).order_by("order"):
        own = [topic for topic in topics if categories[topic.code] == category.pk]
        branches.append(TopicCategory(category.name_zh, category.name_en, own))
    names = {"chapter_zh": "关于本报告", "section_zh": "", "chapter_en": "About this report", "section_en": ""}
    return proposed_rows(branches, gri, edition, day, names=names, sectors=index.sectors)


def checked_index(cycle: Cycle, index: ContentIndex | None = None) -> CheckedIndex:
    """The cycle's index, as it is stored where none is given, and what its checks hold it against."""
    index, rows = index or content_index(cycle), outline_rows(cycle)
    topics, source = signed_topics(cycle, rows)
    return CheckedIndex(
        gri=gri_standards(),
        edition=cycle.gri_edition,
        day=publication_day(cycle)[0],
        rows=rows,
        claim=index.claim,
        organisation=organisation_name(),
        sectors=index.sectors,
        notified=index.notified_on is not None,
        topics=topics,
        source={"source_zh": source, "source_en": source},
        decisions={each.identity: each for each in stored_decisions(cycle, _decision_rows(cycle))},
        pages=index.pages,
        headings=[(page, heading) for page, heading in index.headings],
        seed=cycle.code,
    )


@dataclass(frozen=True)
class ShownFinding:
    """A finding with its sentence, the link that mends it, and why it is accepted (empty: it is not)."""

    key: str
    finding: Finding
    sentence: str
    accepted: str

    @property
    def stops(self) -> bool:
        return self.finding.severity == FAIL and not self.accepted

    def as_json(self) -> dict:
        found = self.finding
        told = {"check": found.check, "severity": found.severity, "rows": list(found.rows)}
        return {**told, "codes": list(found.codes), "text": self.sentence, "accepted": self.accepted}


def index_findings(cycle: Cycle, checked: CheckedIndex | None = None) -> list[ShownFinding]:
    """All findings of the cycle's index, each with what was accepted of it."""
    accepted = dict(AcceptedFinding.objects.filter(cycle=cycle).values_list("key", "reason"))
    shown = []
    for found in found_by(checked or checked_index(cycle)):
        # What was accepted stays so with the next run.
        params = {name: value for name, value in found.params.items() if not name.startswith("source_")}
        key = value_digest([found.check, found.text, found.rows, found.codes, params])
        shown.append(ShownFinding(key, found, _sentence(found), accepted.get(key, "")))
    return shown


def _sentence(found: Finding) -> str:
    suffix = "_zh" if is_chinese() else "_en"
    titles = {name.removesuffix(suffix): text for name, text in found.params.items() if name.endswith(suffix)}
    return _(SENTENCES[found.text]) % {**found.params, **titles}


@dataclass(frozen=True)
class OpenDisclosure:
    """A disclosure or sector topic that can be placed or decided on, and what is decided of it."""

    identity: str
    name: str
    decision: IndexDecision | None
    needed: bool = True


@dataclass(frozen=True)
class Placement:
    """What is left to place, under general disclosures, topic by topic and sector by sector, with what is decided of
    others; and the sections that may take it: (order, name, codes).
    """

    groups: list[tuple[str, list[OpenDisclosure]]]
    sections: list[tuple[int, str, list[str]]]

    @property
    def left(self) -> int:
        """How many nobody has decided on."""
        return sum(each.decision is None for _title, held in self.groups for each in held)

    @property
    def keys(self) -> list[str]:
        """What can be ticked."""
        return [each.identity for _title, held in self.groups for each in held]

    @property
    def placeable(self) -> list[str]:
        """What a section takes: not what has a decision from when it was asked for."""
        return [each.identity for _title, held in self.groups for each in held if each.needed]


def placement(cycle: Cycle, checked: CheckedIndex | None = None) -> Placement:
    """Disclosures and sector topics that no row carries, and the rows."""
    rows = checked.rows if checked else outline_rows(cycle)
    gri, edition, chinese = gri_standards(), cycle.gri_edition, is_chinese()
    decided = {each.identity: each for each in _decision_rows(cycle)}
    known = checked.topics if checked else None
    topics = material_topics(cycle, rows, newest_run(cycle)) if known is None else known
    titles = {identity: topic.name(chinese) for topic in reversed(topics) for identity in topic.identities}
    groups: dict[str, list[OpenDisclosure]] = {}
    day = checked.day if checked else publication_day(cycle)[0]
    open_ones = dict.fromkeys(unplaced(rows, topics, gri, edition, day))
    sector_topics = dict.fromkeys(_sector_topics(checked.sectors if checked else content_index(cycle).sectors, rows))
    placed = {key for row in rows for entry in row.entries for key in (entry.identity, entry.sector)}
    for key in dict.fromkeys([*open_ones, *sector_topics, *decided]):
        if key in sector_topics:
            title = _("Topics of the sector")
        elif key in open_ones:
            title = titles.get(key, _("General disclosures"))
        else:
            title = _("Placed, with a decision") if key in placed else _("No longer needed")
        needed = key in placed or key in open_ones or key in sector_topics
        groups.setdefault(title, []).append(OpenDisclosure(key, _told_name(key, edition), decided.get(key), needed))
    sections = [(row.order, row.name_in(chinese), folded(row.entries, gri, edition)) for row in rows]
    return Placement(list(groups.items()), sections)


def _sector_topics(sectors: Sequence[str], rows: Iterable[OutlineRow]) -> Iterator[str]:
    """Topics of the sector standards that no row names, by itself or by a reference."""
    named = {".".join(entry.sector.split(".")[:2]) for row in rows for entry in row.entries if entry.sector}
    yield from (topic.code for topic in gri_standards().topics if topic.version in sectors and topic.code not in named)


def _told_name(key: str, edition: str) -> str:
    gri = gri_standards()
    entry = Entry(identity=key) if key in gri.disclosures else Entry(sector=key)
    return f"{spelled(entry, gri, edition)} {title_of(entry, gri, is_chinese())}"
