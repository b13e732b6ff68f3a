"""What an anonymous survey forgets of its paper round when it is sealed."""

from django.core.files.storage import default_storage

from materiality.models import Job
from surveys.job_kinds import PRINT_SHEETS
from surveys.models import PaperSheet, Survey


def forget_paper(survey: Survey) -> int:
    """Delete the printed files, which tell what each number was asked, and empty every sheet that is left, entered or
    not; returns how many files went. Can be done again.
    """
    PaperSheet.objects.filter(survey=survey).update(
        asked=b"", first=b"", second=b"", first_profile={}, second_profile={}, first_comment="", second_comment=""
    )
    jobs = Job.objects.filter(cycle_id=survey.cycle_id, kind=PRINT_SHEETS, state=Job.State.DONE)
    paths = [job.result.get("path") for job in jobs if job.inputs.get("survey") == survey.pk]
    found = [path for path in paths if path and default_storage.exists(path)]
    for path in found:
        default_storage.delete(path)
    return len(found)
