"""The job that makes an output."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from materiality.models import AuditEvent, Cycle, Job, Run
from materiality.platform import audit
from materiality.platform.anchors import anchored
from materiality.platform.audit import Finding
from materiality.platform.bilingual import speaking
from materiality.platform.digests import value_digest
from materiality.platform.files import keep_bytes
from materiality.platform.jobs import Progress
from materiality.platform.organisation import called, organisation_texts
from materiality.platform.refusals import NotAllowed
from materiality.platform.storage import storage_trouble
from materiality.platform.words import own_names
from materiality.queries.verification import altered_files
from reports import documents
from reports.models import Output
from reports.queries.outline import read_once, reading_once
from reports.queries.outputs import ENDED, FORMATS, PACK, OutputKind, frozen, frozen_text, needed_run, output_languages

log = logging.getLogger(__name__)
FOLDER = "outputs"


def _declared() -> dict[str, OutputKind]:
    modules = [import_module(f"{documents.__name__}.{found.name}") for found in iter_modules(documents.__path__)]
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, OutputKind)]
    return {kind.code: kind for kind in sorted(kinds, key=lambda kind: kind.place)}


KINDS = _declared()
FORMER = {"scores": "workbook"}  # what kinds were called before


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.word) for kind in KINDS.values()]


def format_choices() -> list[tuple[str, str]]:
    return [(name, name.upper()) for name in FORMATS]


def output_inputs(
    cycle: Cycle,
    *,
    kind: str,
    format: str,
    language: str,
    options: Mapping[str, Any] | None = None,
    run: Run | None = None,
) -> dict:
    """Plain values from which `build_output` makes the file, now or in a second attempt.

    NotAllowed where there is no such kind in the format, language or with these options, or nothing to make it from.
    """
    kind = FORMER.get(kind, kind)
    if kind not in KINDS or format not in KINDS[kind].formats:
        known = "; ".join(f"{each.code}: {', '.join(each.formats)}" for each in KINDS.values())
        raise NotAllowed(
            _("There is no “%(kind)s” as “%(format)s”. There are %(known)s.")
            % {"kind": kind, "format": format, "known": known}
        )
    known = output_languages(cycle)
    if language not in known:
        given = {"language": language, "known": ", ".join(known)}
        raise NotAllowed(_("There is no output in “%(language)s”. There are: %(known)s.") % given)
    asked = {"anchor": audit.daily_anchor(), "format": format, "language": language}
    return asked | _held(cycle, kind, options or {}, run)


def _held(cycle: Cycle, kind: str, options: Mapping[str, Any], run: Run | None = None) -> dict:
    """What the file is made from, whatever its format, its language and the day on which it is asked for."""
    chosen = _chosen(KINDS[kind], options)
    with reading_once():
        inputs = KINDS[kind].inputs(cycle, run, chosen)
        method = needed_run(cycle, run).method if "run" in inputs else cycle.method
        organisation = _organisation()
    named = {"kind": kind, "cycle": {"code": cycle.code, **frozen(cycle, "title")}}
    names = method.get("names")
    return named | inputs | {"organisation": organisation} | ({"names": names} if names else {})


_organisation = read_once(organisation_texts)
_LOOKED_BACK = 200  # events: where all of them are of files, each of them has it looked up anew
_LOOKED_AT = 300  # seconds: until what was found is looked up anew all the same
_OF_REQUEST = frozenset({"anchor", "head", "format", "language"})


def made_from(inputs: Mapping[str, Any]) -> str:
    """Digest of the inputs without what is so by the request alone."""
    return value_digest({name: value for name, value in inputs.items() if name not in _OF_REQUEST})


def options_of(output: Output) -> dict[str, str]:
    """What was chosen when the output was asked for."""
    names = [option.name for option in KINDS[output.kind].options]
    return {name: str(output.parameters[name]) for name in names if output.parameters.get(name)}


def _is_stale(cycle: Cycle, output: Output) -> bool:
    """Whether it would be made from something else now, or could not be made."""
    try:
        return output.made_from != made_from(_held(cycle, output.kind, options_of(output)))
    except NotAllowed:
        return True


@read_once
def _failed(cycle: Cycle) -> int:
    """How many files of the cycle could not be made."""
    return Output.objects.filter(cycle=cycle, job__state=Job.State.FAILED).count()


def stale_outputs(cycle: Cycle, outputs: Iterable[Output]) -> set[int]:
    """Keys of those that are stale. What is found is kept until something else happens, in one entry for a cycle: all
    that files are made from is written with an audit event, but that a file failed, which a pack leaves out.
    """
    events = list(AuditEvent.objects.order_by("-number").values_list("object_type", "hash")[:_LOOKED_BACK])
    newest = [digest for _kind, digest in events[:1]]
    others = [digest for kind, digest in events if kind != Output._meta.label_lower] or newest
    state = value_digest([cycle.sections.count(), others[:1]])
    then, known = caches["figures"].get(f"stale:{cycle.pk}", ("", {}))
    known = known if then == state else {}
    found = set()
    with reading_once():
        for output in outputs:
            of_files = [*newest, _failed(cycle)] if output.kind == PACK else []
            digest = value_digest([of_files, output.kind, options_of(output), output.made_from])
            if digest not in known:
                known[digest] = _is_stale(cycle, output)
            if known[digest]:
                found.add(output.pk)
    caches["figures"].set(f"stale:{cycle.pk}", (state, known), _LOOKED_AT)
    return found


def _chosen(kind: OutputKind, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given, each checked. NotAllowed for one that the kind does not have."""
    known = {option.name: option for option in kind.options}
    for name, value in options.items():
        if name not in known:
            given = {"option": name, "kind": kind.code, "known": ", ".join(known) or "–"}
            raise NotAllowed(_("“%(kind)s” has no option “%(option)s”. It has: %(known)s.") % given)
        if value and not known[name].takes(str(value)):
            named = [*(each for each, _word in known[name].choices if each), *filter(None, [str(known[name].written)])]
            words = ", ".join(named)
            given = {"option": name, "value": value, "known": words}
            raise NotAllowed(_("“%(option)s” cannot be “%(value)s”. Choose one of: %(known)s.") % given)
    return {name: value for name, value in options.items() if value}


def build_output(inputs: dict, progress: Progress = lambda percent, text: None) -> bytes:
    """The file of `output_inputs`, in the language they name, with the anchor of the day on which it was asked for;
    `progress(percent, text)` is told how far it is.
    """
    held = {"files": _packed(inputs["outputs"])} if inputs["kind"] == PACK else {}
    with speaking(inputs["language"]), own_names(inputs.get("names")), called(inputs.get("organisation", {})):
        built = KINDS[inputs["kind"]].build(inputs | held, progress)
    return anchored(built, inputs["format"], inputs.get("anchor", ""))


class Packed(NamedTuple):
    """A file for a pack and its name; or None and why there is none, as the pack's manifest words it."""

    contents: bytes | None
    told: str


def _packed(outputs: Iterable[dict]) -> dict[int, Packed]:
    """The files of these outputs by key."""
    keys = [output["pk"] for output in outputs]
    known = Output.objects.exclude(job__state__in=ENDED).select_related("job").in_bulk(keys)
    return {key: _file_of(known[key]) if key in known else Packed(None, "gone") for key in keys}


def _file_of(output: Output) -> Packed:
    """Made here where it was asked for just before the pack; one that cannot be made keeps no other out."""
    if output.sha256:
        try:
            with default_storage.open(stored_path(output)) as stream:
                return Packed(stream.read(), output.file_name)
        except FileNotFoundError:
            return Packed(None, "lost")
    try:
        return Packed(build_output(output.job.inputs), output_file_name(output.job.inputs))
    except Exception as problem:
        if storage_trouble(problem):
            raise  # the pack is made once more when database and disk take something again
        log.exception("output %s is left out of an evidence pack", output.pk)
        return Packed(None, "failed")


def output_file_name(inputs: dict) -> str:
    """A name that says in the output's language what the file is."""
    kind = KINDS[inputs["kind"]]
    with speaking(inputs["language"]):
        parts = [frozen_text(inputs["cycle"], "title"), str(kind.of_file), *kind.named(inputs.get("parameters", {}))]
        if "run_number" in inputs:
            parts.append(_("run %(number)s") % {"number": inputs["run_number"]})
    safe = "".join("-" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in " - ".join(parts))
    return f"{safe[:180]}.{inputs['format']}"


@dataclass(frozen=True)
class Made:
    """A file that is kept: its path in the storage, SHA-256 and size in bytes."""

    path: str
    sha256: str
    size: int


def make_output(job: Job, progress: Progress) -> Made:
    """Build of an output job: the file, kept under its SHA-256."""
    contents = build_output(job.inputs, progress)
    path, digest = keep_bytes(contents, FOLDER)
    return Made(path, digest, len(contents))


def store_output(job: Job, made: Made) -> dict:
    """Store of an output job: what the file is."""
    output = job.output
    output.file_name = output_file_name(job.inputs)
    output.sha256, output.size = made.sha256, made.size
    output.save(update_fields=["file_name", "sha256", "size"])
    audit.record("make_output", output, by=job.created_by, after={"sha256": made.sha256, "size": made.size})
    return {"path": made.path}


def stored_path(output: Output) -> str:
    """Where the file of a finished output lies in the storage."""
    return f"{FOLDER}/{output.sha256[:2]}/{output.sha256}"


def output_findings() -> Iterator[Finding]:
    """Files that are not those that were made."""
    made = Output.objects.exclude(sha256="").order_by("pk").iterator()
    return altered_files((output, stored_path(output)) for output in made)
