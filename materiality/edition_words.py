"""Words for what is done to the library: they follow a person's name."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.words import add_words

add_words(
    "action",
    {
        "start_draft": _("started the draft %(object)s"),
        "discard_draft": _("discarded the draft %(object)s"),
        "publish_edition": _("published the edition %(object)s"),
        "correct_erratum": _("corrected the spelling of issue %(object)s"),
        "add_issue": _("added the issue %(object)s"),
        "change_issue": _("changed the issue %(object)s"),
        "move_issue": _("moved the issue %(object)s"),
        "merge_issues": _("merged issues into %(object)s"),
        "split_issue": _("split the issue %(object)s"),
        "retire_issue": _("retired the issue %(object)s"),
        "reorder_issues": _("put issues around %(object)s into another order"),
        "undo_last_change": _("undid the last change of the draft %(object)s"),
    },
)
add_words(
    "difference",
    {
        "added": pgettext_lazy("difference", "added"),
        "retired": pgettext_lazy("difference", "retired"),
        "merged": pgettext_lazy("difference", "merged"),
        "split": pgettext_lazy("difference", "split"),
        "moved": pgettext_lazy("difference", "moved"),
        "renamed": pgettext_lazy("difference", "renamed"),
        "redefined": pgettext_lazy("difference", "redefined"),
        "remapped": pgettext_lazy("difference", "mappings changed"),
        "regrouped": pgettext_lazy("difference", "groups changed"),
        "reinstated": pgettext_lazy("difference", "reinstated"),
    },
)
add_words(
    "text",
    {
        "name_zh": _("Chinese name"),
        "name_en": _("English name"),
        "definition_zh": _("Chinese definition"),
        "definition_en": _("English definition"),
    },
)
