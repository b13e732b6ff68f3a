"""The evidence pack: a ZIP of what a run rests on, with a manifest of hashes and a program that checks them."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.formats.scores import scores_json
from materiality.models import AuditEvent, Cycle, Engagement, Run
from materiality.platform.audit import anchor_of
from materiality.queries.scores import SMALL_CELL, shown_cells
from materiality.scoring.cube import DIMENSIONS, NOT_ASKED, Cube, CubeBuilder
from materiality.tables.write import EPOCH, csv_bytes
from reports.documents import verify
from reports.documents.verify import FIGURES, RESPONSES
from reports.models import Output
from reports.queries.outputs import ENDED, PACK, OutputKind, Progress, corrected, needed_run
from surveys.intake.columns import item_name
from surveys.models import ItemText, Survey
from surveys.questionnaire.ratings import CELL_TEXT
from surveys.responses.counting import valid_ratings

HIDDEN, HIDDEN_TEXT = 253, "*"  # no code of a rating
MOST = 200_000  # responses: about 40 MB of ratings, and as much again as text
WHY = {
    "few": f"fewer than {SMALL_CELL} valid responses",
    "hidden": "every cell is hidden, so that the figures of a smaller group cannot be found by subtraction",
    "asked": f"not all were asked the same, fewer than {SMALL_CELL} one and the same, and nothing was asked of all",
    "changed": "the responses are no longer those that the run counted",
    "many": f"the run counted more than {MOST} responses; ratings.csv counts them",
}
NO_FILE = {
    "gone": "deleted or cancelled after the pack was asked for, or it could not be made",
    "lost": "made, and no longer in the storage",
    "failed": "it could not be made",
}
Cell = tuple[str, str, str]  # group, issue, dimension


def _inputs(cycle: Cycle, run: Run | None, _options: Mapping) -> dict:
    run = needed_run(cycle, run)
    head = AuditEvent.objects.order_by("-number").values("number", "hash").first()
    outputs = Output.objects.filter(cycle=cycle).exclude(kind=PACK).exclude(job__state__in=ENDED).order_by("pk")
    against = sorted({code for output in outputs for code in output.earlier_cycles})
    columns = ("pk", "kind", "format", "language", "run__number", "job__inputs__anchor")
    decisions = run.decisions.order_by("issue__code").values_list("issue__code", "tier", "reason", "at")
    return {
        **{"run": run.pk, "run_number": run.number, "head": head or {"number": 0, "hash": ""}},
        "engagements": [_told(each) for each in cycle.engagements.select_related("group").order_by("date", "pk")],
        "decisions": [[*row, at.isoformat()] for *row, at in decisions],
        "outputs": list(outputs.values(*columns)),
        "parameters": {"against": against} if against else {},
        **corrected(run),
    }


def _told(record: Engagement) -> dict:
    return {
        **{"date": record.date.isoformat(), "group": record.group.code, "kind": record.kind},
        **{"title_zh": record.title_zh, "title_en": record.title_en, "participants": record.participants},
        "issues": ";".join(record.issues.order_by("code").values_list("code", flat=True)),
    }


def _build(inputs: dict, progress: Progress) -> bytes:
    run = Run.objects.select_related("cycle", "edition").get(pk=inputs["run"])
    files: dict[str, tuple[bytes, str]] = {}
    outputs, left_out = _outputs(inputs)
    for name, contents, source in [*_parts(inputs, run, left_out), *outputs]:
        files[name] = (contents, source)
        progress(min(90, 8 * len(files)), _("Writing the file"))
    manifest = {
        **{"cycle": inputs["cycle"], "run": run.number, "software": run.software, "scoring": run.scoring},
        **{"edition": run.edition.code, "responses_sha256": run.digest, "audit_head": inputs["head"]},
        "files": [
            {"file": name, "sha256": hashlib.sha256(contents).hexdigest(), "made_from": source, "version": run.software}
            for name, (contents, source) in files.items()
        ],
        **({"left_out": left_out} if left_out else {}),
    }
    return _zipped({"manifest.json": _json(manifest)} | {name: contents for name, (contents, _made) in files.items()})


Part = tuple[str, bytes, str]  # name, contents, what it is made from


def _parts(inputs: dict, run: Run, left_out: Mapping[str, str]) -> Iterator[Part]:
    """All but the files that were asked for, in the order of the pack."""
    told, cube = f"run {run.number}", Cube.from_bytes(bytes(run.cube))
    yield "run.json", _json(scores_json(run) | {"scale": cube.k, "parents": _parents(run)}), told
    yield "method.json", _json({"method": run.method, "cuts": run.cuts, "seed": run.seed, "late": run.late}), told
    yield "screening.json", _json(run.responses), told
    if run.source:
        yield FIGURES, _figures(run), f"figures from elsewhere, reported by {run.source}"
    else:
        yield "ratings.csv", _ratings(run, cube), told
        rows = _responses(run, cube, _hidden(run))
        yield RESPONSES, rows.table, f"{told}: its valid responses, without anything that tells whose they are"
        yield "responses.json", _json({"groups": rows.told, "hidden_cell": HIDDEN_TEXT}), told
    yield "instrument.csv", _instrument(run), ", ".join(f"survey {code}" for code in run.surveys)
    names = ("date", "group", "kind", "title_zh", "title_en", "participants", "issues")
    rows = ([each[name] for name in names] for each in inputs["engagements"])
    yield "engagements.csv", csv_bytes(names, rows), "engagement records of the cycle"
    if inputs.get("decisions"):
        yield "decisions.csv", csv_bytes(("issue", "tier", "reason", "at"), inputs["decisions"]), told
    yield "audit.csv", _audit(inputs["head"]["number"]), "audit trail, without persons and contents"
    yield "anchors.txt", _anchors(inputs, left_out), "audit trail, for verify_audit --anchor-file"
    yield "verify.py", Path(verify.__file__).read_bytes(), "Yiti"


def _outputs(inputs: dict) -> tuple[list[Part], dict[str, str]]:
    """The files that were asked for, and the names of those that are left out, with why: one keeps no other out."""
    found, left_out = [], {}
    for output in inputs["outputs"]:
        source = f"run {output['run__number']}" if output["run__number"] else "outline and groups of the cycle"
        file = inputs["files"][output["pk"]]
        if file.contents is None:
            left_out[_place(output)] = NO_FILE[file.told]
        else:
            found.append((_place(output), file.contents, f"{source}: {file.told}"))
    return found, left_out


def _ratings(run: Run, cube: Cube) -> bytes:
    """How often each value was given, by group, issue and dimension; small cells are left out."""
    rows, hidden = [], _hidden(run)
    for g, group in enumerate(cube.groups):
        for i, issue in enumerate(cube.issues):
            for d, dimension in enumerate(DIMENSIONS):
                numbers = cube.counts[g, i].sum(axis=1 - d)[1:].tolist()
                if sum(numbers) >= SMALL_CELL and (group, issue, dimension) not in hidden:
                    rows.append([group, issue, dimension, *numbers])
    return csv_bytes(["group", "issue", "dimension", *map(str, range(1, cube.k + 1))], rows)


class _Responses(NamedTuple):
    """`table`: CSV of the rows; `told`: per group how many there are, and why none where there are none."""

    table: bytes
    told: dict


def _responses(run: Run, cube: Cube, hidden: Collection[Cell]) -> _Responses:
    """One row per valid response: group, then 1..K, empty (skipped), DK, NA (not asked) or * (hidden) for each item.

    The rows are sorted by group and ratings, hidden cells first made alike, so that their order tells nothing. Those of
    a group are left out where they are fewer than 5, and where they no longer give the run's cube: somebody deleted
    answers, others came in, or a group was held back. Where fewer than 5 of a group were asked one and the same, by
    another survey or by their part of a split one, all is hidden that was not asked of the whole group.
    """
    many = run.responses["valid"] > MOST
    group, ratings = (np.zeros(0, int), None) if many else _stored(run, cube)
    asked = np.zeros(len(cube.issues) * 2, bool) if many else (ratings != NOT_ASKED).any(axis=0)
    names = [item_name(issue, dimension) for issue in cube.issues for dimension in DIMENSIONS]
    lines, told = [",".join(["group", *(name for name, own in zip(names, asked, strict=True) if own)])], {}
    for place, code in enumerate(cube.groups):
        valid = int(cube.valid[place])
        rows = ratings[group == place] if not many else None
        why = "few" if valid < SMALL_CELL else "many" if many else "" if _gives(rows, cube, place) else "changed"
        if not why:
            covered, why = _covered(_hidden_columns(cube, code, hidden, rows), rows, asked)
            rows[:, covered] = HIDDEN
        told[code] = {"valid": valid, "rows": 0, "why": WHY[why]} if why else {"valid": valid, "rows": valid}
        lines += [] if why else _lines(code, rows[:, asked])
    return _Responses(("\n".join(lines) + "\n").encode(), told)


def _stored(run: Run, cube: Cube) -> tuple[np.ndarray, np.ndarray]:
    """Of the valid responses of the run's surveys: int[R] places of the groups, uint8[R, issue and dimension]."""
    groups = list(run.cycle.groups.values_list("id", "code"))
    place = np.array([cube.groups.index(code) if code in cube.groups else -1 for _pk, code in groups])
    found = [(np.zeros(0, int), np.zeros((0, len(cube.issues) * 2), np.uint8))]
    at = {issue: n for n, issue in enumerate(cube.issues)}
    for survey in Survey.objects.filter(cycle=run.cycle_id, code__in=run.surveys).order_by("code"):
        group, ratings = valid_ratings(survey, groups)
        wide = np.full((len(group), len(cube.issues) * 2), NOT_ASKED, np.uint8)
        for column, (issue, dimension) in enumerate(
            survey.items.order_by("position").values_list("issue__code", "dimension")
        ):
            if issue in at:
                wide[:, 2 * at[issue] + DIMENSIONS.index(dimension)] = ratings[:, column]
        found.append((place[group], wide))
    return np.concatenate([each for each, _wide in found]), np.concatenate([wide for _group, wide in found])


def _gives(rows: np.ndarray, cube: Cube, place: int) -> bool:
    """Whether the ratings of these responses are those that the cube counted for the group."""
    columns = [(issue, dimension) for issue in range(len(cube.issues)) for dimension in range(len(DIMENSIONS))]
    builder = CubeBuilder(cube.groups[:1], cube.issues, cube.k, columns)
    builder.add(np.zeros(len(rows), int), rows)
    now, then = builder.cube().counts[0].copy(), cube.counts[place].copy()
    now[:, 0, 0] = then[:, 0, 0] = 0  # nothing given: also of surveys that do not have the issue
    return len(rows) == cube.valid[place] and np.array_equal(now, then)


def _hidden_columns(cube: Cube, group: str, hidden: Collection[Cell], rows: np.ndarray) -> np.ndarray:
    """bool[issue and dimension]: cells that no file may show, and those with few ratings."""
    given = ((rows > 0) & (rows <= cube.k)).sum(axis=0)
    named = [(group, issue, dimension) in hidden for issue in cube.issues for dimension in DIMENSIONS]
    return np.array(named) | ((given > 0) & (given < SMALL_CELL))


def _covered(hidden: np.ndarray, rows: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, str]:
    """The columns that are hidden in the rows of a group, bool[issue and dimension], those besides that would tell who
    was asked what; and why there are no rows, where all that the group was asked is hidden.
    """
    missing = rows == NOT_ASKED
    some = missing.any(axis=0) & ~missing.all(axis=0) & ~hidden
    covered, why = hidden, "hidden"
    if some.any():
        _patterns, sizes = np.unique(np.packbits(missing[:, some], axis=1), axis=0, return_counts=True)
        if sizes.min() < SMALL_CELL:
            covered, why = hidden | some, "asked"
    return covered, why if (covered | missing.all(axis=0))[asked].all() else ""


def _lines(code: str, rows: np.ndarray) -> list[str]:
    texts = [HIDDEN_TEXT if value == HIDDEN else text or "" for value, text in enumerate(CELL_TEXT)]
    ordered = sorted(row.tobytes() for row in np.ascontiguousarray(rows))
    return [f"{code}," + ",".join([texts[value] for value in row]) for row in ordered]


def _figures(run: Run) -> bytes:
    """The figures as they were taken over, score and standard deviation on 0–100; small cells are left out."""
    hidden = _hidden(run)
    rows = [[*row, run.source] for row in run.reported if row[3] >= SMALL_CELL and tuple(row[:3]) not in hidden]
    return csv_bytes(["group", "issue", "dimension", "n", "score", "sd", "reported_by"], rows)


def _hidden(run: Run) -> set[tuple[str, str, str]]:
    """Group, issue and dimension of the cells that no file may show."""
    return {
        (group, score.issue.code, dimension)
        for score in run.scores.select_related("issue")
        for group, cells in shown_cells(score.groups).items()
        for dimension, cell in cells.items()
        if cell.hidden
    }


def _instrument(run: Run) -> bytes:
    """The questions as they were frozen when the surveys opened, in all their languages."""
    texts = ItemText.objects.filter(survey__cycle=run.cycle_id, survey__code__in=run.surveys)
    order = ("survey__code", "language", "issue__code")
    return csv_bytes(("survey", "language", "issue", "html"), texts.order_by(*order).values_list(*order, "html"))


def _audit(last: int) -> bytes:
    names = ("number", "at", "action", "object_type", "previous_hash", "hash")
    events = AuditEvent.objects.filter(number__lte=last).order_by("number").values_list(*names)
    rows = ((number, at.isoformat(), *rest) for number, at, *rest in events.iterator(chunk_size=2000))
    return csv_bytes(names, rows)


def _anchors(inputs: dict, left_out: Mapping[str, str]) -> bytes:
    """The anchor of the pack, and of each file in it, also of those that have no room for one."""
    own = anchor_of(inputs["head"]["number"], inputs["head"]["hash"])
    lines = [f"{own} manifest.json"]
    for output in inputs["outputs"]:
        if (anchor := output["job__inputs__anchor"]) and _place(output) not in left_out:
            lines.append(f"{anchor} {_place(output)}")
    return ("\n".join(lines) + "\n").encode()


def _place(output: dict) -> str:
    """A name of plain letters: programs that unpack take others for letters of many alphabets."""
    return f"outputs/{output['pk']}-{output['kind']}-{output['language']}.{output['format']}"


def _parents(run: Run) -> dict[str, str]:
    """The parent of each issue of the run that has one in it."""
    rows = dict(run.scores.filter(issue__parent__isnull=False).values_list("issue__code", "issue__parent__code"))
    codes = set(run.scores.values_list("issue__code", flat=True))
    return {code: parent for code, parent in sorted(rows.items()) if parent in codes}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name, contents in files.items():
            member = ZipInfo(name, EPOCH)
            member.compress_type, member.create_system = ZIP_DEFLATED, 0
            archive.writestr(member, contents)
    return target.getvalue()


OUTPUT = OutputKind(
    code=PACK,
    word=gettext_lazy("Evidence pack"),
    of_file=gettext_lazy("evidence pack"),
    formats=("zip",),
    inputs=_inputs,
    build=_build,
    place=20,
)
