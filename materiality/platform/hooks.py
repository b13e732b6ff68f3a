"""What an app declares, in its `hooks.py`, to the apps below it: words, jobs, steps, objections, what is due."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.module_loading import import_string

Words = Mapping[str, str | Promise]
# Sentences on what stands against a change of the row, none where nothing does.
Objections = Callable[[Model], list[str]]

# What can be objected to: closing a cycle, correcting a published edition, retiring an issue (given the issue of the
# edition in force that it descends from).
CLOSE_CYCLE, CORRECT_ERRATUM, RETIRE_ISSUE = "close_cycle", "correct_erratum", "retire_issue"


@dataclass(frozen=True)
class JobFunctions:
    """What a job does: `build` outside any transaction, then `store` in the one that sets the final state.

    `build(job, progress)` may take long and must change nothing but files named by their contents; `store(job,
    built)` writes what was built and returns the job's `result`. Dotted names are imported when the first such job
    runs: web pages and commands need not load what only jobs use.
    """

    build: str | Callable[..., Any]
    store: str | Callable[..., dict]

    def functions(self) -> tuple[Callable[..., Any], Callable[..., dict]]:
        return tuple(import_string(each) if isinstance(each, str) else each for each in (self.build, self.store))


@dataclass(frozen=True)
class StepStanding:
    """Where a step stands: done ✓, current ●, or empty, and a few words on it."""

    done: bool
    words: str = ""


@dataclass(frozen=True)
class Step:
    """One step: its place, label, URL name (which takes the cycle's code) and what tells where it stands."""

    order: int
    key: str
    label: str | Promise
    url_name: str
    standing: Callable[[Any], StepStanding]


@dataclass(frozen=True)
class WaitingWork:
    """One thing that goes on only when somebody decides: what it is about, what is to be done, where, since when."""

    title: str
    words: str
    url: str
    since: datetime


@dataclass(frozen=True)
class Hooks:
    """All that one app declares.

    words: {about: {name: word}}; an action's words follow a person's name and may hold %(object)s.
    objections: {CLOSE_CYCLE, …: what has to say something}. last: {kind of reminder: when it was done last}.
    waiting: each gives few rows and takes one query. keys: (purpose, fingerprint) of keys that must lie in YITI_KEYS.
    owned: {label of an object: {label of a table: path from its rows
    to the object}}, whose rows audit events count and digest as a whole; an empty path means the whole table. guarded:
    labels of tables in which every row is the object of an event. checks: what else verify_audit asks.
    """

    words: Mapping[str, Words] = field(default_factory=dict)
    jobs: Mapping[str, JobFunctions] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    objections: Mapping[str, Sequence[Objections]] = field(default_factory=dict)
    last: Mapping[str, Callable[[], datetime | None]] = field(default_factory=dict)
    waiting: Sequence[Callable[[], list[WaitingWork]]] = ()
    keys: Callable[[], Iterable[tuple[str, str]]] | None = None
    owned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    guarded: Sequence[str] = ()
    checks: Sequence[Callable[[], Iterator[Any]]] = ()


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


def all_steps() -> list[Step]:
    """The steps of a cycle, which are its navigation, in their order."""
    return sorted((step for hooks in declared() for step in hooks.steps), key=lambda step: step.order)


def standings(cycle: Model) -> list[tuple[Step, StepStanding]]:
    """Every step with where it stands; asked once per cycle object, as head and body of a page may both show it."""
    if "_standings" not in cycle.__dict__:
        cycle._standings = [(step, step.standing(cycle)) for step in all_steps()]
    return cycle._standings


def objections(about: str, row: Model) -> list[str]:
    """Everything that the apps have to say on a change of the row."""
    return [
        str(each) for hooks in declared() for object_to in hooks.objections.get(about, ()) for each in object_to(row)
    ]


def last_of(kind: str) -> Callable[[], datetime | None] | None:
    """What tells when something of this kind was done last, None where no app holds such things."""
    return next((hooks.last[kind] for hooks in declared() if kind in hooks.last), None)


def what_waits() -> list[WaitingWork]:
    """All that waits for somebody, the oldest first."""
    return sorted(
        (work for hooks in declared() for ask in hooks.waiting for work in ask()), key=lambda work: work.since
    )
