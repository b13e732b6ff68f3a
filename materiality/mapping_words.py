"""Words for what is done to mappings and translations: they follow a person's name."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.words import add_words

add_words(
    "action",
    {
        "map_issue": _("added a mapping to the issue %(object)s"),
        "unmap_issue": _("removed a mapping from the issue %(object)s"),
        "propose_mappings": _("had mappings proposed from the crosswalk for the draft %(object)s"),
        "decide_mapping_proposal": _("decided on proposed mappings of the issue %(object)s"),
        "save_translations": _("saved translations, the first being of %(object)s"),
    },
)
add_words(
    "translation",
    {
        "missing_zh": _("Chinese is missing"),
        "missing_en": _("English is missing"),
        "older_zh": _("Chinese is older than English"),
        "older_en": _("English is older than Chinese"),
    },
)
add_words(
    "translated",
    {
        "issue": _("Issue"),
        "category": pgettext_lazy("library", "Category"),
        "cycle": _("Cycle"),
        "group": _("Stakeholder group"),
        "point": _("Stakeholder point"),
    },
)
add_words(
    "text_field",
    {
        "name": pgettext_lazy("text", "Name"),
        "definition": _("Definition"),
        "title": _("Title"),
        "text": _("Text"),
    },
)
