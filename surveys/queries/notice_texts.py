"""The survey's own text of its privacy notice."""

from surveys.models import Notice, Survey


def notice_texts(survey: Survey) -> dict[str, str]:
    """The version that is shown now, empty where there is none: {"notice_zh": …, "notice_en": …}."""
    row = Notice.objects.filter(survey=survey, version=survey.notice_version).first()
    return {"notice_zh": row.text_zh if row else "", "notice_en": row.text_en if row else ""}
