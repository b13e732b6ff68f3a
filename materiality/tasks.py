"""Celery tasks: each calls one function of jobs.py or one action."""

from materiality.actions.audit import send_anchor
from materiality.actions.proposals import mail_reminders as remind_staff
from materiality.celery import app
from materiality.platform import jobs
from materiality.platform.health import note_beat
from materiality.platform.uploads import forget_uploads


@app.task(name="materiality.tasks.run_job")
def run_job(pk: str) -> None:
    """Do the job of this primary key, unless somebody else has it."""
    jobs.execute(pk)


@app.task(name="materiality.tasks.sweep_jobs")
def sweep_jobs() -> None:
    """Send jobs again that were lost, and leave a sign that beat and a worker are there."""
    note_beat()
    jobs.sweep()


@app.task(name="materiality.tasks.remind")
def remind() -> None:
    """Tell staff what is due; a missed run is made up by the next one."""
    remind_staff()


@app.task(name="materiality.tasks.forget_uploads")
def forget() -> None:
    """Forget uploads of the days before."""
    forget_uploads()


@app.task(name="materiality.tasks.anchor")
def anchor() -> None:
    """Mail the head of the audit trail; a missed day is made up by the next run of the day."""
    send_anchor()
