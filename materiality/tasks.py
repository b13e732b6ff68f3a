"""Celery tasks: each loads a row and calls one function of jobs.py."""

from celery import shared_task

from materiality import jobs


@shared_task(name="materiality.tasks.run_job")
def run_job(pk: str) -> None:
    """Do the job of this primary key, unless somebody else has it."""
    jobs.execute(pk)


@shared_task(name="materiality.tasks.sweep_jobs")
def sweep_jobs() -> None:
    """Send jobs again that were lost."""
    jobs.sweep()
