"""Kinds of background jobs of this app: making an output."""

from dataclasses import dataclass

from materiality.models import Job
from materiality.platform import audit
from materiality.platform.files import keep_bytes
from materiality.platform.jobs import Progress
from reports.documents.build import build_output, output_file_name
from reports.models import Output

FOLDER = "outputs"


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
