"""A match put right by a person: other targets, other meanings of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveys.matching.answers import language_of, yes_or_no
from surveys.matching.asked import Asked
from surveys.matching.groupwords import groups_of
from surveys.matching.guess_profile import option_words
from surveys.matching.match import ATTENTION, FIELD, FINISHED, IGNORED, ITEM, PROFILE, Column, Match, Target
from surveys.matching.ratings import values_of
from surveys.matching.texts import word

Examples = Sequence[Sequence[str]]


def words_of(match: Match, examples: Examples) -> dict[str, dict[str, str]]:
    """Per value map the answers that its columns were seen with: `word` -> the answer as the file writes it."""
    seen: dict[str, dict[str, str]] = {}
    for column, texts in zip(match.columns, examples, strict=False):
        if column.values and not (column.target.kind == FIELD and column.target.code == "comment"):
            of_map = seen.setdefault(column.values, {})
            for text in texts:
                of_map.setdefault(word(text), text)
    return seen


def twice(targets: Sequence[Target]) -> list[int]:
    """Places of columns whose target an earlier column has already."""
    seen: set[Target] = set()
    doubled = []
    for place, target in enumerate(targets):
        if target.kind != IGNORED and target in seen:
            doubled.append(place)
        seen.add(target)
    return doubled


def revise(
    match: Match,
    targets: Mapping[int, Target],
    values: Mapping[tuple[str, str], str],
    examples: Examples,
    asked: Asked,
    *,
    dates: str = "",
) -> Match:
    """The match with these targets by column and these values by (map, word); None of the rest changes.

    A column that became an item reads its answers as the other columns of its dimension do.
    """
    maps = {name: dict(known) for name, known in match.maps.items()}
    columns: list[Column] = []
    for place, column in enumerate(match.columns):
        target = targets.get(place, column.target)
        if target == column.target:
            columns.append(column)
            continue
        texts = examples[place] if place < len(examples) else ()
        name = _map_for(target, match, maps, texts, asked)
        why = column.why or "other" if target.kind == IGNORED else ""
        columns.append(replace(column, target=target, values=name, why=why))
    for (name, key), value in values.items():
        maps.setdefault(name, {})[key] = value
    used = {column.values for column in columns}
    kept = {name: known for name, known in maps.items() if name in used}
    return replace(match, columns=tuple(columns), maps=kept, dates=dates or match.dates)


def _map_for(target: Target, match: Match, maps: dict, texts: Sequence[str], asked: Asked) -> str:
    """Name of the value map for a column's new target, made where there is none yet."""
    if target.kind in (ITEM, ATTENTION):
        return _rating_map(target, match, maps, texts, asked)
    if target.kind == PROFILE:
        question = next(each for each in asked.questions if each.code == target.code)
        maps.setdefault(f"profile-{target.code}", option_words(question))
        return f"profile-{target.code}"
    made = _field_map(target.code, texts, asked) if target.kind == FIELD else None
    if made is None:
        return ""
    maps[target.code] = made
    return target.code


def _rating_map(target: Target, match: Match, maps: dict, texts: Sequence[str], asked: Asked) -> str:
    alike = [
        column.values
        for column in match.columns
        if column.target.kind == ITEM and (target.kind == ATTENTION or column.target.detail == target.detail)
    ]
    if alike:
        return alike[0]
    name = target.detail or ATTENTION
    limesurvey = match.tool == "limesurvey"
    maps[name] = maps.get(name, {}) | values_of(texts, asked.k, limesurvey=limesurvey).known
    return name


def _field_map(name: str, texts: Sequence[str], asked: Asked) -> dict[str, str] | None:
    if name == "group":
        return groups_of(texts, asked.groups)[0]
    if name in ("consent", FINISHED):
        found = {word(text): yes_or_no(text) for text in texts}
    elif name == "language":
        found = {word(text): language_of(text) for text in texts}
    else:
        return dict.fromkeys(("(空)", "(跳过)", "(空白)"), "") if name == "comment" else None
    return {key: value for key, value in found.items() if value is not None}
