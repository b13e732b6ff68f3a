"""Cycles: where they stand, their method and its history, their runs, what goes on."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import caches
from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Cast
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.models import AuditEvent, Category, Cycle, Edition, Group, Issue, Job, Run, SignOff, User
from materiality.models.people import Role
from materiality.platform.digests import value_digest
from materiality.platform.hooks import (
    PHASES,
    Step,
    StepPage,
    StepStanding,
    counted_now,
    other_responses,
    parts_of_jobs,
    standings,
    surveys_in,
)
from materiality.platform.people import has_role
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import add_months, grouped, plain_number, plain_percent, word_for
from materiality.queries.audit import in_words
from materiality.scoring.method import Method, MethodProblem

# Groups are what people answered as, so they stand still once fieldwork is over; weights and method may be
# tried out until the review begins.
FIELDWORK = (Cycle.State.DRAFT, Cycle.State.OPEN)
BEFORE_REVIEW = (*FIELDWORK, Cycle.State.CLOSED)
# What stakeholders expect and what was heard from them is evidence, and still gathered while the review goes on.
BEFORE_SIGN_OFF = (*BEFORE_REVIEW, Cycle.State.IN_REVIEW)
# The report comes out after the sign-off, and its index is mended up to the end.
BEFORE_ARCHIVE = (*BEFORE_SIGN_OFF, Cycle.State.SIGNED_OFF)


def locked_cycle(cycle: Cycle, states: tuple[str, ...]) -> Cycle:
    """The cycle as it is stored now, locked to the end of the transaction; NotAllowed in any state but `states`."""
    stored = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if stored.state not in states:
        raise NotAllowed(
            _("The cycle is in the state “%(state)s”, in which this can no longer be changed.")
            % {"state": stored.get_state_display()}
        )
    return stored


MONTHS_TO_PUBLICATION = 6


def publication_day(cycle: Cycle) -> tuple[date, bool]:
    """The day of publication, and whether it is only assumed."""
    if cycle.published_on:
        return cycle.published_on, False
    return add_months(cycle.period_end, MONTHS_TO_PUBLICATION), True


# Shares are shown to people in per cent.
IN_PERCENT = {"lam", "q_high", "q_low", "q_society", "q_business", "panel_society", "panel_business"}

NO_LIMIT = 2**31 - 1  # an upper end that nobody reaches is not worth naming

SENTENCES: dict[str, str | Promise] = {
    "not_a_number": gettext_lazy("Enter a number."),
    "not_whole": gettext_lazy("Enter a whole number."),
    "not_yes_no": gettext_lazy("Choose yes or no."),
    "out_of_range": gettext_lazy("Enter a number from %(low)s to %(high)s."),
    "too_small": gettext_lazy("Enter a number of %(low)s or more."),
    "unknown_choice": gettext_lazy("Choose one of the options."),
    "required": gettext_lazy("This rule needs a value here."),
    "not_weights": gettext_lazy("The weights cannot be read."),
    "negative": gettext_lazy("A weight cannot be below 0."),
    "unknown_dimension": gettext_lazy("There is no dimension “%(dimension)s”."),
    "unknown_group": gettext_lazy("There is no group “%(group)s” in this cycle."),
    "all_zero": gettext_lazy("All groups have the weight 0 for “%(dimension)s”. At least one must be above 0."),
    "unknown_tier": gettext_lazy("There is no tier “%(tier)s”."),
    "shares_over_one": gettext_lazy("The two shares add up to %(sum)s%%; 100%% is the most."),
    "out_of_order": gettext_lazy("The cut for “high” (%(high)s) must not lie below the cut for “low” (%(low)s)."),
    "bad_names": gettext_lazy("A name has at most %(limit)s characters."),
    "unknown_key": gettext_lazy("This parameter is not known."),
}


def problem_sentence(problem: MethodProblem) -> str:
    """One problem of a method in the active language."""
    unlimited = problem.code == "out_of_range" and problem.params["high"] >= NO_LIMIT
    sentence = SENTENCES.get("too_small" if unlimited else problem.code)
    if sentence is None:
        return _("This value cannot be used.")
    return str(sentence) % _shown(problem)


def problem_sentences(problems: Iterable[MethodProblem], *, named: bool = False) -> str:
    """All problems, one sentence after another; `named` puts the parameter before each, for who wrote a file."""
    return " ".join(f"{each.field}: {_of_file(each)}" if named else problem_sentence(each) for each in problems)


def _of_file(problem: MethodProblem) -> str:
    """A file holds shares as they are: 0.5, not 50 per cent."""
    is_share = problem.code == "out_of_range" and problem.field in IN_PERCENT
    return str(SENTENCES["out_of_range"]) % problem.params if is_share else problem_sentence(problem)


def _shown(problem: MethodProblem) -> dict[str, object]:
    values = dict(problem.params)
    if "dimension" in values:
        values["dimension"] = word_for("dimension", str(values["dimension"]))
    for name in ("low", "high", "sum"):
        if isinstance(values.get(name), int | float):
            shown = plain_percent if problem.field in IN_PERCENT else plain_number
            values[name] = shown(values[name])
    return values


MOST_JOBS = 10


@dataclass(frozen=True)
class Happening:
    """One audit event in words; `person` is empty where a command did it."""

    at: datetime
    person: str
    words: str


def recent_happenings(reader: User) -> list[Happening]:
    """The last audit events by others than the reader, newest first."""
    others = AuditEvent.objects.exclude(person__user=reader) | AuditEvent.objects.filter(person=None)
    events = others.select_related("person").order_by("-number")[:10]
    return [Happening(event.row.at, event.person, event.words) for event in in_words(events)]


def running_jobs(person: User) -> list[Job]:
    """Jobs that are not over and of no cycle that the person does not see, oldest first, without parts of others."""
    under_way = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exclude(kind__in=parts_of_jobs())
    waiting = of_seen_cycles(person, under_way)
    return list(waiting.select_related("cycle", "created_by").order_by("created_at")[:MOST_JOBS])


UNDER_WAY = (Cycle.State.DRAFT, Cycle.State.OPEN, Cycle.State.CLOSED, Cycle.State.IN_REVIEW)


@dataclass(frozen=True)
class EditionScope:
    """Numbers of active issues in an edition, or in the scope of a cycle."""

    primaries: int
    secondaries: int
    thirds: int = 0

    def __str__(self) -> str:
        """In words; of a flat list, which has no primary issues, as issues."""
        if self.thirds:
            return _(
                "%(primaries)s primary and %(secondaries)s secondary issues, %(thirds)s of the third level"
            ) % vars(self)
        if self.secondaries:
            return _("%(primaries)s primary and %(secondaries)s secondary issues") % vars(self)
        return ngettext("%(number)s issue", "%(number)s issues", self.primaries) % {"number": self.primaries}


def edition_in_force() -> Edition | None:
    """The published edition, if there is one."""
    return Edition.objects.filter(state=Edition.State.PUBLISHED).first()


def edition_scope(edition: Edition, left_out: Sequence[str] = ()) -> EditionScope:
    """How many active issues a cycle on the edition covers that leaves these (codes) out."""
    numbers = (
        Issue.objects.filter(edition=edition, status=Issue.Status.ACTIVE)
        .exclude(code__in=left_out)
        .aggregate(
            primaries=Count("pk", filter=Q(parent__isnull=True)),
            secondaries=Count("pk", filter=Q(parent__isnull=False, parent__parent__isnull=True)),
            thirds=Count("pk", filter=Q(parent__parent__isnull=False)),
        )
    )
    return EditionScope(**numbers)


def rateable_issues(edition_id: int, level: str) -> QuerySet[Issue]:
    """The active issues that a survey of this level asks about: `primary` those at the top, `middle` those under them,
    else those under which none stands.
    """
    active = Issue.objects.filter(edition_id=edition_id, status=Issue.Status.ACTIVE)
    if level == "primary":
        return active.filter(parent__isnull=True)
    if level == "middle":
        return active.filter(parent__isnull=False, parent__parent__isnull=True)
    return active.exclude(Exists(active.filter(parent=OuterRef("pk"))))


def rateable_levels(edition_id: int) -> list[str]:
    """The levels that a survey on the edition can ask about, the lowest first; a flat list has the one at the top."""
    active = Issue.objects.filter(edition_id=edition_id, status=Issue.Status.ACTIVE)
    if not active.filter(parent__isnull=False).exists():
        return ["primary"]
    return ["secondary", *(["middle"] if active.filter(parent__parent__isnull=False).exists() else []), "primary"]


def scope_choices(cycle: Cycle) -> list[tuple[Category, list[Issue]]]:
    """The active issues of the cycle's edition by category, each above those below it (two queries); `in_scope` and
    `is_leaf` stand on each.
    """
    rows = Issue.objects.filter(edition_id=cycle.edition_id, status=Issue.Status.ACTIVE).select_related("category")
    below = defaultdict(list)
    for row in rows.order_by("category__order", "order", "code"):
        below[row.parent_id].append(row)
    found: dict[Category, list[Issue]] = {}
    for top in below[None]:
        found.setdefault(top.category, []).extend(_branch(top, below, set(cycle.left_out)))
    return list(found.items())


def descendants(below: Mapping[int | None, list[Issue]], pk: int) -> Iterator[Issue]:
    """The issues under one, each before those under itself; `below`: key of an issue → those right under it."""
    for row in below.get(pk, ()):
        yield row
        yield from descendants(below, row.pk)


def _branch(top: Issue, below: Mapping[int | None, list[Issue]], left_out: set[str]) -> Iterator[Issue]:
    for issue in (top, *descendants(below, top.pk)):
        issue.in_scope, issue.is_leaf = issue.code not in left_out, issue.pk not in below
        yield issue


def left_out_by(cycle: Cycle, chosen: Collection[str]) -> list[str]:
    """Codes of the issues that a choice of such as have none below them leaves out, with what is above them alone.

    NotAllowed where nothing is left, or something unknown was chosen.
    """
    rows = [issue for _category, issues in scope_choices(cycle) for issue in issues]
    leaves = {issue.code for issue in rows if issue.is_leaf}
    if unknown := sorted(set(chosen) - leaves):
        raise NotAllowed(_("The edition has no issue %(codes)s to choose.") % {"codes": ", ".join(unknown[:10])})
    if not chosen:
        raise NotAllowed(_("Choose at least one issue."))
    kept = {issue.pk for issue in rows if issue.code in chosen}
    parents = {issue.pk: issue.parent_id for issue in rows}
    for pk in list(kept):
        while (pk := parents.get(pk)) is not None:
            kept.add(pk)
    return [issue.code for issue in rows if issue.pk not in kept]


# What the addresses of pages that show scores, of everything made from them, begin with below their cycle.
SCORED = ("scores", "matrix", "groups-compared", "robustness", "years", "review", "index", "outputs")
SEE_SCORES = (Role.ANALYST, Role.LEAD, Role.COMMITTEE)
SCORES_OPEN = (Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)


def sees_all_cycles(person: User) -> bool:
    """False for a viewer for whom some cycles are named: of all others no page tells them anything."""
    return person.role != Role.VIEWER or not person.cycles.exists()


def seen_cycles(person: User, cycles: QuerySet[Cycle] | None = None) -> QuerySet[Cycle]:
    """Those of the cycles (of all) that the person sees: a viewer for whom some are named sees those."""
    cycles = Cycle.objects.all() if cycles is None else cycles
    return cycles if sees_all_cycles(person) else cycles.filter(viewers=person)


def newest_method(person: User | None) -> dict[str, Any]:
    """The stored method of the newest cycle that the person sees (None: of all), made-up data last; {} without a cycle.

    What belongs to no cycle is called as it calls it.
    """
    cycles = seen_cycles(person) if person else Cycle.objects.all()
    return cycles.order_by("sample", "-pk").values_list("method", flat=True).first() or {}


def of_seen_cycles(person: User, rows: QuerySet) -> QuerySet:
    """Those of the rows, which may have a `cycle`, that belong to none or to one that the person sees."""
    return rows if sees_all_cycles(person) else rows.filter(Q(cycle=None) | Q(cycle__in=person.cycles.all()))


def sees_scores(person: User, cycle: Cycle) -> bool:
    """Whether the person may see scores of the cycle: before the sign-off only those who work on it or are named."""
    return cycle.state in SCORES_OPEN or has_role(person, *SEE_SCORES) or cycle.viewers.filter(pk=person.pk).exists()


def scored_cycles(person: User) -> QuerySet[Cycle]:
    """The cycles that the person sees, and sees scores of."""
    if has_role(person, *SEE_SCORES):
        return Cycle.objects.all()
    return seen_cycles(person).filter(Q(state__in=SCORES_OPEN) | Q(pk__in=person.cycles.all()))


def admits_to_cycle(person: User, path: str, found: Mapping[str, Any]) -> bool:
    """Whether the person may see what this path below a cycle shows; one that they do not see is the page "not found",
    as an unknown one is. No query for those who see all of them.
    """
    parts = path.split("/")
    if parts[1] != "cycles" or "code" not in found or has_role(person, *SEE_SCORES):
        return True
    cycle = Cycle.objects.filter(code=found["code"]).first()
    if cycle is None:
        return True
    if not seen_cycles(person, Cycle.objects.filter(pk=cycle.pk)).exists():
        raise Http404
    return parts[3] not in SCORED or sees_scores(person, cycle)


def listed_cycles(state: str = "") -> QuerySet[Cycle]:
    """Cycles with `group_number` and the number of the last run (`last_run`), newest period first."""
    cycles = Cycle.objects.select_related("edition").annotate(
        group_number=Count("groups", distinct=True), last_run=Max("runs__number")
    )
    cycles = cycles.order_by(*Cycle._meta.ordering)  # grouping drops the model's own order
    return cycles.filter(state=state) if state in Cycle.State.values else cycles


@dataclass(frozen=True)
class RailStep:
    """A step in the rail: where it leads ("" nowhere yet) and where it stands; `current` on its own pages."""

    step: Step
    standing: StepStanding
    address: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """What stands around each page of a cycle.

    `phases`: (word, entries, whether one of them is current). `tabs`: (address, words, current) of the pages beside
    this one. `before`, `entry` and `after`: the step before the page's own, that one (None on the overview), the next;
    on the overview the first that is not done, or done on what has changed since.
    `surveys`: (address, title, current) where the cycle has more than one and the step is one of a survey.
    """

    phases: list[tuple[str | Promise, list[RailStep], bool]]
    tabs: list[tuple[str, str | Promise, bool]]
    before: RailStep | None
    entry: RailStep | None
    after: RailStep | None
    surveys: list[tuple[str, str, bool]]


def frame_of(cycle: Cycle, key: str, survey: str, path: str, allowed: Callable[[str], bool]) -> Frame:
    """The frame of the page at `path`, which belongs to the step `key` and, if any, the survey of that code.

    Steps of a survey lead to the newest where the page belongs to none.
    """
    surveys = surveys_in(cycle)
    chosen = survey or (surveys[0][0] if surveys else "")
    entries = [
        RailStep(
            step,
            standing,
            _address(cycle, step, step.pages[0], chosen) if _open_to(step.pages[0], allowed) else "",
            step.key == key,
        )
        for step, standing in standings(cycle)
    ]
    place = next((place for place, entry in enumerate(entries) if entry.current), None)
    own = None if place is None else entries[place]
    phases = [(word, [entry for entry in entries if entry.step.phase == phase]) for phase, word in PHASES.items()]
    return Frame(
        phases=[(word, held, own in held) for word, held in phases if held],
        tabs=_tabs(cycle, own.step, chosen, path, allowed) if own else [],
        before=entries[place - 1] if place else None,
        entry=own,
        after=next(filter(_open_step, entries) if place is None else iter(entries[place + 1 :]), None),
        surveys=_switch(cycle, own.step, surveys, chosen) if own and own.step.of_survey and len(surveys) > 1 else [],
    )


def _open_to(page: StepPage, allowed: Callable[[str], bool]) -> bool:
    return not page.right or allowed(page.right)


def _open_step(entry: RailStep) -> bool:
    return not entry.standing.finished


def _address(cycle: Cycle, step: Step, page: StepPage, survey: str) -> str:
    """Where the page is; "" while there is no survey for it to be of."""
    if not step.of_survey:
        return reverse(page.url_name, args=[cycle.code])
    if not survey:
        return reverse(step.without, args=[cycle.code]) if step.without else ""
    try:
        return reverse(page.url_name, args=[cycle.code, survey])
    except NoReverseMatch:
        return f"{reverse(page.url_name, args=[cycle.code])}?survey={survey}"


def _tabs(
    cycle: Cycle, step: Step, survey: str, path: str, allowed: Callable[[str], bool]
) -> list[tuple[str, str | Promise, bool]]:
    """The pages of the step, if there are several; the one whose address the path begins with longest is current."""
    pages = [page for page in step.pages if _open_to(page, allowed)]
    found = [(_address(cycle, step, page, survey), page.label) for page in pages]
    if len(found) < 2 or not all(address for address, _label in found):
        return []
    own = max(found, key=lambda tab: len(tab[0]) if path.startswith(tab[0].partition("?")[0]) else 0)
    return [(address, label, (address, label) == own) for address, label in found]


def _switch(cycle: Cycle, step: Step, surveys: Sequence[tuple[str, str]], chosen: str) -> list[tuple[str, str, bool]]:
    return [(_address(cycle, step, step.pages[0], code), title, code == chosen) for code, title in surveys]


def free_cycle_code(today: date) -> str:
    """A code for a new cycle: the year, with a number where it is taken."""
    year = str(today.year)
    taken = set(Cycle.objects.filter(code__startswith=year).values_list("code", flat=True))
    names = [year, *(f"{year}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def parents_of(edition_id: int, rated: Iterable[str]) -> dict[str, str]:
    """Parent of each rated issue that has one, and theirs, so that parents outside the scope do not appear unscored."""
    rows = Issue.objects.filter(edition_id=edition_id, parent__isnull=False).values_list("code", "parent__code")
    parents, found = dict(rows), {}
    for code in rated:
        while code in parents and code not in found:
            found[code] = parents[code]
            code = parents[code]
    return found


def groups_of(cycle: Cycle) -> list[Group]:
    """The groups in their order, asked once per cycle object: for pages, as what is stored later is not in it."""
    prefetch_related_objects([cycle], "groups")
    return list(cycle.groups.all())


def group_columns(cycle: Cycle) -> list[tuple[str, int, float, float]]:
    """Code, target and the two weights of each group by code, asked once per cycle object."""
    if "_group_columns" not in cycle.__dict__:
        groups = [(each.code, each.target, each.weight_society, each.weight_business) for each in groups_of(cycle)]
        cycle._group_columns = sorted(groups)
    return cycle._group_columns


def method_of(cycle: Cycle) -> Method:
    """The cycle's method with the weights of its groups. MethodError where a stored parameter is unsound."""
    weights = {
        code: {"society": society, "business": business}
        for code, society, business in cycle.groups.values_list("code", "weight_society", "weight_business")
    }
    return Method.from_stored({**cycle.method, "weights": weights})


MOST_CHANGES = 10


@dataclass(frozen=True)
class MethodChange:
    """One change: parameters with their values before and after; `after_run` where results had been seen."""

    at: datetime
    person: str
    group: str
    changes: list[tuple[str, Any, Any]]
    after_run: int | None


def method_changes(cycle: Cycle) -> list[MethodChange]:
    """The latest changes of parameters and weights, newest first."""
    groups = cycle.groups.annotate(text=Cast("pk", CharField())).values("text")
    of_method = Q(action="set_method", object_type="materiality.cycle", object_id=str(cycle.pk))
    of_group = Q(action="save_group", object_type="materiality.group", object_id__in=groups)
    events = AuditEvent.objects.filter(of_method | of_group).select_related("person").order_by("-number")
    changes = [_change(event) for event in events[: MOST_CHANGES * 3]]
    return [change for change in changes if change.changes][:MOST_CHANGES]


def _change(event: AuditEvent) -> MethodChange:
    wanted = [name for name in event.before if event.action == "set_method" or name.startswith("weight_")]
    return MethodChange(
        at=event.at,
        person=event.person.name if event.person else "",
        group=event.object_text if event.action == "save_group" else "",
        changes=[(name, event.before[name], event.after.get(name)) for name in wanted],
        after_run=event.after.get("after_run"),
    )


MOST_RUNS = 50


def last_run_number(cycle: Cycle) -> int | None:
    """The number of the newest run, None where there is none."""
    return cycle.runs.order_by("-number").values_list("number", flat=True).first()


def listed_runs(cycle: Cycle) -> QuerySet[Run]:
    """The newest runs without their cubes, newest first."""
    return cycle.runs.defer("cube").select_related("created_by", "edition").order_by("-number")[:MOST_RUNS]


@dataclass(frozen=True)
class RunBehind:
    """The newest run where other responses are there by now than it counted; `came` is how many more are valid."""

    number: int
    counted: int
    valid: int

    @property
    def came(self) -> int:
        return self.valid - self.counted

    @property
    def words(self) -> str:
        if not self.came:
            told = _("Responses came or changed after run %(run)s, though as many are valid as it counted.")
            return told % {"run": self.number}
        if self.came < 0:
            told = _("Run %(run)s counted %(counted)s valid responses; %(valid)s are valid now.")
            return told % {"run": self.number, "counted": grouped(self.counted), "valid": grouped(self.valid)}
        told = ngettext(
            "%(shown)s valid response came after run %(run)s.",
            "%(shown)s valid responses came after run %(run)s.",
            self.came,
        )
        return told % {"shown": grouped(self.came), "run": self.number}


def run_behind(cycle: Cycle) -> RunBehind | None:
    """None where there is no run, or it counted what is there now: a file that was withdrawn for another of as many
    rows leaves the number as it was. Asked once per cycle object.
    """
    if "_behind" not in cycle.__dict__:
        cycle._behind = _behind(cycle, newest_run(cycle))
    return cycle._behind


def _behind(cycle: Cycle, run: Run | None) -> RunBehind | None:
    if run is None or run.source:
        return None
    counted, valid = run.responses.get("valid", 0), counted_now(cycle)
    return RunBehind(run.number, counted, valid) if counted != valid or other_responses(run) else None


def chosen_run(cycle: Cycle, runs: list[Run], number: str) -> Run | None:
    """The run with this number among `runs` or, older, in the database; the newest where no number is given."""
    if not number:
        return runs[0] if runs else None
    found = next((run for run in runs if str(run.number) == number), None)
    return found or run_with_cube(cycle, number)


def cycle_named(code: str) -> Cycle:
    """The cycle of a command. NotAllowed where there is none."""
    cycle = Cycle.objects.filter(code=code).first()
    if cycle is None:
        raise NotAllowed(_("There is no cycle with the code “%(code)s”.") % {"code": code})
    return cycle


def newest_run(cycle: Cycle) -> Run | None:
    """The newest run without its cube and figures, asked once per cycle object; `signed` is the key of the run that was
    signed last.
    """
    if "_newest_run" not in cycle.__dict__:
        columns = ("cycle_id", "edition_id", "number", "created_at", "method", "responses", "source")
        cycle._newest_run = _runs(cycle).only(*columns).first()
    return cycle._newest_run


def _runs(cycle: Cycle) -> QuerySet[Run]:
    last = SignOff.objects.filter(cycle=OuterRef("cycle")).order_by("-number").values("run")[:1]
    return cycle.runs.order_by("-number").annotate(signed=Subquery(last))


def run_with_cube(cycle: Cycle, number: str = "") -> Run | None:
    """The run with this number, the newest where none is given, in one query with its cube; None if there is none."""
    runs = _runs(cycle).select_related("created_by", "edition")
    if not number:
        cycle._newest_run = runs.first()
        return cycle._newest_run
    known = number.isascii() and number.isdigit() and len(number) < 10
    return runs.filter(number=int(number)).first() if known else None


def once_for(run: Run, name: str, compute: Callable[[], Any], *more: Any) -> Any:
    """What `compute` gives of a run with its cube and of `more`, kept in this process for a day.

    A run never changes; the key is all that its figures are made from, so that nothing kept is ever out of date.
    """
    held = [run.cube, run.asked, run.back, run.clustered, run.method, run.reported]
    return caches["figures"].get_or_set(value_digest([name, *held, *more]), compute)
