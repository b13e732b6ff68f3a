"""The kinds of background jobs of this app, and words about them; what they do is in jobs.py, loaded when one runs."""

from django.utils.translation import gettext_lazy as _

from materiality.jobs import add_kind
from materiality.words import add_words

JOB = "output"
add_kind(JOB, "reports.jobs.make_output", "reports.jobs.store_output")
add_words("object", {"reports.output": _("Output")})
add_words("job", {JOB: _("Making an output")})
add_words(
    "action",
    {
        "request_output": _("asked for the output %(object)s"),
        "make_output": _("received the output %(object)s"),
        "import_outline": _("replaced the outline of cycle %(object)s"),
        "save_section": _("saved a section in the outline of cycle %(object)s"),
        "remove_section": _("removed a section from the outline of cycle %(object)s"),
    },
)
