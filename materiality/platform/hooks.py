"""What an app declares, in its `hooks.py`, to the apps below it: words, jobs, steps, objections, what is due."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]
# Sentences on what stands against a change of the row, none where nothing does.
Objections = Callable[[Model], list[str]]

# What can be objected to: closing a cycle, choosing its issues, correcting a published edition, retiring issues (given
# issues of the edition in force from which they descend: each with a sentence on it).
CLOSE_CYCLE, CHOOSE_SCOPE, CORRECT_ERRATUM, RETIRE_ISSUE = (
    "close_cycle",
    "choose_scope",
    "correct_erratum",
    "retire_issue",
)


@dataclass(frozen=True)
class JobFunctions:
    """What a job does: `build` outside any transaction, then `store` in the one that sets the final state.

    `build(job, progress)` may take long and must change nothing but files named by their contents; `store(job,
    built)` writes what was built and returns the job's `result`. Dotted names are imported when the first such job
    runs: web pages and commands need not load what only jobs use.
    """

    build: str | Callable[..., Any]
    store: str | Callable[..., dict]
    part: bool = False  # of another job, which tells of it

    def functions(self) -> tuple[Callable[..., Any], Callable[..., dict]]:
        return tuple(import_string(each) if isinstance(each, str) else each for each in (self.build, self.store))


# The phases of a cycle in their order, each with its word.
PHASES: Words = {
    "plan": pgettext_lazy("phase", "Plan"),
    "ask": pgettext_lazy("phase", "Ask"),
    "collect": pgettext_lazy("phase", "Collect"),
    "decide": pgettext_lazy("phase", "Decide"),
    "report": pgettext_lazy("phase", "Report"),
}


@dataclass(frozen=True)
class StepStanding:
    """Where a step stands: done or not, a few words on it, what is still missing, and whether it rests on what has
    changed since (`stale` says what).
    """

    done: bool
    words: str | Promise = ""
    missing: Sequence[str | Promise] = ()
    stale: str | Promise = ""

    @property
    def finished(self) -> bool:
        """Done, and nothing that it rests on has changed."""
        return self.done and not self.stale


@dataclass(frozen=True)
class StepPage:
    """A page that stands beside others of its step.

    `right`: the predicate, as in `can_see_responses`, that it needs, or `see_scores` of the cycle.
    """

    label: str | Promise
    url_name: str
    right: str = ""


@dataclass(frozen=True)
class Step:
    """One step: its place, phase, label, pages (the first is its own) and what tells where it stands.

    The addresses take the cycle's code, and after it that of a survey where the step is one `of_survey`; while the
    cycle has no survey, such a step leads to its page `without`. A step that `rests_on` plain values is done when a
    person has confirmed them, and stale when they are others since.
    """

    order: int
    phase: str
    key: str
    label: str | Promise
    pages: Sequence[StepPage]
    standing: Callable[[Any], StepStanding]
    of_survey: bool = False
    without: str = ""
    rests_on: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class WaitingWork:
    """One thing that goes on only when somebody decides: what it is about, what is to be done, where, since when."""

    title: str
    words: str
    url: str
    since: datetime


@dataclass(frozen=True)
class Found:
    """Something that a search found: what it is, its name, where it stands, a few words beside it."""

    kind: str | Promise
    title: str
    url: str
    words: str = ""


@dataclass(frozen=True)
class Hooks:
    """All that one app declares.

    words: {about: {name: word}}; an action's words follow a person's name and may hold %(object)s.
    objections: {CLOSE_CYCLE, …: what has to say something}. last: {kind of reminder: when it was done last, one row}.
    waiting: each gives few rows and takes one query. keys: rows (purpose, fingerprint) of what must lie in YITI_KEYS.
    owned: {label of an object: {label of a table: path from its rows to the object}}, whose rows audit events count
    and digest as a whole; an empty path means the whole table. guarded: labels of tables in which every row is the
    object of an event. checks: what else verify_audit asks. alerts: sentences on what those who run fieldwork or the
    installation should look at now. figures: what steps tell of a cycle, as expressions that its query takes along.
    counted: how many responses a run of the cycle would count now. recounted: whether responses came or changed since a
    run. sealed: how many answers only keys of surveys open.
    admission: whether a person may open a path, given with what its route found in it.
    """

    words: Mapping[str, Words] = field(default_factory=dict)
    jobs: Mapping[str, JobFunctions] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    objections: Mapping[str, Sequence[Objections]] = field(default_factory=dict)
    last: Mapping[str, Callable[[], QuerySet]] = field(default_factory=dict)
    waiting: Sequence[Callable[[], list[WaitingWork]]] = ()
    figures: Callable[[], Mapping[str, Any]] | None = None
    counted: Callable[[Any], int] | None = None
    recounted: Callable[[Any], bool] | None = None
    keys: Callable[[], QuerySet] | None = None
    owned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    guarded: Sequence[str] = ()
    checks: Sequence[Callable[[], Iterator[Any]]] = ()
    # (code, title) of the surveys of a cycle, newest first.
    surveys: Callable[[Model], Sequence[tuple[str, str]]] | None = None
    # What the words of a search find that the person may know of: at most so many of a kind, in one query each.
    searches: Sequence[Callable[[Any, str, int], list[Found]]] = ()
    # What follows where the scope of a cycle was changed, in the same transaction.
    rescoped: Callable[[Model, Any], None] | None = None
    # Whether answers can be, or could be, given in a cycle.
    begun: Callable[[Model], bool] | None = None
    # Whether what a cycle planned stands for good.
    settled: Callable[[Model], bool] | None = None
    admission: Sequence[Callable[[Any, str, Mapping[str, Any]], bool]] = ()
    sealed: Callable[[], int] | None = None
    alerts: Sequence[Callable[[], Iterator[str]]] = ()


def declared() -> list[Hooks]:
    """What the installed apps declare, those below first."""
    return [config.hooks for config in apps.get_app_configs() if hasattr(config, "hooks")]


def words_about(about: str) -> dict[str, str | Promise]:
    """Every name that has a word, with it."""
    return {name: word for hooks in declared() for name, word in hooks.words.get(about, {}).items()}


def declared_word(about: str, name: str) -> str | Promise | None:
    """What `name` is called, None where no app says."""
    return next((hooks.words[about][name] for hooks in declared() if name in hooks.words.get(about, ())), None)


def job_kind(name: str) -> JobFunctions:
    """LookupError where no app declares such a kind of job."""
    for hooks in declared():
        if name in hooks.jobs:
            return hooks.jobs[name]
    raise LookupError(f"no such kind of job: {name}")


def parts_of_jobs() -> list[str]:
    """The kinds of jobs that are parts of others."""
    return [name for hooks in declared() for name, functions in hooks.jobs.items() if functions.part]


def all_steps() -> list[Step]:
    """The steps of a cycle, which are its navigation, in their order."""
    return sorted((step for hooks in declared() for step in hooks.steps), key=lambda step: step.order)


def step_named(key: str) -> Step | None:
    return next((step for step in all_steps() if step.key == key), None)


def standings(cycle: Model) -> list[tuple[Step, StepStanding]]:
    """Every step with where it stands; asked once per cycle object, as frame and body of a page both show it."""
    if "_standings" not in cycle.__dict__:
        begun = any(hooks.begun(cycle) for hooks in declared() if hooks.begun)
        settled = any(hooks.settled(cycle) for hooks in declared() if hooks.settled)
        cycle._standings = [(step, _standing(step, cycle, begun, settled)) for step in all_steps()]
    return cycle._standings


def _standing(step: Step, cycle: Model, begun: bool, settled: bool) -> StepStanding:
    """What the step says of itself, what a person has confirmed, and whether it has changed since.

    Once answers could be given, what they rest on counts as confirmed; once it stands for good, it stays so.
    """
    standing = step.standing(cycle)
    if step.rests_on is not None:
        held = cycle.confirmed.get(step.key)
        changed = held is not None and not settled and held != digest_for(step, cycle)
        missing = standing.missing or ([] if held or begun or settled else [_("not confirmed yet")])
        stale = _("changed since it was confirmed") if changed else ""
        standing = replace(standing, done=not missing, missing=missing, stale=stale)
    return standing


def digest_for(step: Step, cycle: Model) -> str:
    """SHA-256 of what a confirmation of the step vouches for."""
    return sha256(json.dumps(step.rests_on(cycle), sort_keys=True, default=str).encode()).hexdigest()


def surveys_in(cycle: Model) -> Sequence[tuple[str, str]]:
    """Code and title of each survey of the cycle, newest first."""
    return next((hooks.surveys(cycle) for hooks in declared() if hooks.surveys), ())


def objections(about: str, row: Model) -> list[str]:
    """Everything that the apps have to say on a change of the row."""
    return [
        str(each) for hooks in declared() for object_to in hooks.objections.get(about, ()) for each in object_to(row)
    ]


def objections_to_each(about: str, rows: Sequence[Model]) -> dict[Any, list[str]]:
    """Key → what the apps have to say on a change of the row, where they are asked about many rows at once."""
    found: dict[Any, list[str]] = {row.pk: [] for row in rows}
    for hooks in declared():
        for object_to in hooks.objections.get(about, ()):
            for row, sentence in object_to(rows):
                found[row.pk].append(str(sentence))
    return found


def tell_rescoped(cycle: Model, by: Any) -> None:
    """The apps bring in line what they made from the cycle's issues, in the name of who chose them."""
    for hooks in declared():
        if hooks.rescoped:
            hooks.rescoped(cycle, by)


def last_of(kind: str) -> Callable[[], QuerySet] | None:
    """What tells when something of this kind was done last, None where no app holds such things."""
    return next((hooks.last[kind] for hooks in declared() if kind in hooks.last), None)


def all_alerts() -> list[str]:
    """What should be looked at now."""
    return [sentence for hooks in declared() for ask in hooks.alerts for sentence in ask()]


def cycle_figures() -> dict[str, Any]:
    """What steps tell of a cycle, to be read with its row."""
    return {name: figure for hooks in declared() if hooks.figures for name, figure in hooks.figures().items()}


def counted_now(cycle: Model) -> int:
    """How many responses a scoring run of the cycle would count now."""
    return sum(hooks.counted(cycle) for hooks in declared() if hooks.counted)


def other_responses(run: Model) -> bool:
    """Whether responses came or changed since the run."""
    return any(hooks.recounted(run) for hooks in declared() if hooks.recounted)


def admitted(person: Any, path: str, found: Mapping[str, Any]) -> bool:
    """Whether all apps let the person see what this address is about; what the role may do is asked besides."""
    return all(admit(person, path, found) for hooks in declared() for admit in hooks.admission)


def what_waits() -> list[WaitingWork]:
    """All that waits for somebody, the oldest first."""
    return sorted(
        (work for hooks in declared() for ask in hooks.waiting for work in ask()), key=lambda work: work.since
    )


def find(person: Any, text: str, most: int) -> list[Found]:
    """What the apps find for the text, at most so many of each kind."""
    return [found for hooks in declared() for search in hooks.searches for found in search(person, text, most)]
