"""What the columns of an export hold, in words."""

from django.utils.translation import gettext as _


def field_labels() -> dict[str, str]:
    """What the columns hold, in the active language."""
    return {
        "token": _("Token of the respondent, where known"),
        "group": _("Stakeholder group"),
        "channel": _("Channel by which the answer came"),
        "language": _("Language of the questionnaire"),
        "started_at": _("Begun at"),
        "submitted_at": _("Submitted at"),
        "consent": _("Consent was given"),
        "comment": _("Open answer"),
        "unfinished": _("Never submitted"),
        "valid": _("Counts in scores"),
        "flags": _("Flags earned in screening"),
        "overruled": _("Decided by a person"),
        "attention": _("Answer to the attention question"),
        "seconds_per_item": _("Seconds per answered question"),
        "notice_version": _("Version of the privacy notice consented to"),
    }
