"""The method and responses of a run, as the pages beside its scores show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from materiality.models import AuditEvent, Cycle, Group, Run
from materiality.scoring.method import Method
from materiality.words import word_for


@dataclass(frozen=True)
class GroupLine:
    """A group of a run: its name now (its code where it is gone), weights, submitted and valid responses."""

    code: str
    name: str
    weight_society: float
    weight_business: float
    valid: int


@dataclass(frozen=True)
class Neighbour:
    """The issue nearest to a cut on one side."""

    code: str
    name: str
    distance: float


@dataclass(frozen=True)
class CutLine:
    """A cut point or threshold; `name` is low, high, society or business; value None where it separates nothing."""

    name: str
    value: float | None
    above: Neighbour | None
    below: Neighbour | None


def group_lines(run: Run, groups: Iterable[Group]) -> list[GroupLine]:
    """The groups that the run counted, in the cycle's order, then those that are gone."""
    names = {group.code: group.name for group in groups}
    counted = run.responses.get("groups", {})
    codes = [code for code in names if code in counted] + sorted(set(counted) - set(names))
    weights = run.method.get("weights", {})
    return [
        GroupLine(
            code=code,
            name=names.get(code, code),
            weight_society=weights.get(code, {}).get("society", 1),
            weight_business=weights.get(code, {}).get("business", 1),
            valid=counted[code]["valid"],
        )
        for code in codes
    ]


def cut_lines(statement: Mapping, names: Mapping[str, str]) -> list[CutLine]:
    """The cuts of a run's statement, the highest first; `names` gives the issues' names by code."""
    return [
        CutLine(
            name=line["name"],
            value=line["value"],
            above=_neighbour(line["above"], names),
            below=_neighbour(line["below"], names),
        )
        for line in sorted(statement.get("lines", []), key=lambda line: line["name"] == "low")
    ]


def flag_lines(run: Run) -> list[tuple[str, int]]:
    """Words and counts of the screening flags that some response earned."""
    return [(word_for("flag", flag), number) for flag, number in run.responses.get("flags", {}).items() if number]


def held_names(run: Run, groups: Iterable[Group]) -> list[str]:
    """Names of the groups that stayed as in the run before, as too few new responses came to tell of them."""
    names = {group.code: group.name for group in groups}
    return [names.get(code, code) for code in run.responses.get("held", [])]


def erased_since(run: Run) -> int:
    """How many responses of the run's surveys were erased at their respondents' wish after it was made."""
    erased = AuditEvent.objects.filter(action="erase_response", object_text__in=run.surveys, at__gt=run.created_at)
    return sum(after["responses"] for after in erased.values_list("after", flat=True))


def method_has_changed(run: Run, cycle: Cycle, groups: Iterable[Group]) -> bool:
    """Whether a run made now would use another method or other weights than this one."""
    weights = {group.code: {"society": group.weight_society, "business": group.weight_business} for group in groups}
    return Method.from_dict({**cycle.method, "weights": weights}).as_dict() != Method.from_dict(run.method).as_dict()


def _neighbour(found: Mapping | None, names: Mapping[str, str]) -> Neighbour | None:
    return found and Neighbour(found["code"], names.get(found["code"], found["code"]), found["distance"])
