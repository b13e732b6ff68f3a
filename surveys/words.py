"""Words of this app's actions, jobs and screening effects, for the pages that name them."""

from django.utils.translation import gettext_lazy as _

from materiality.words import add_words

add_words(
    "action",
    {
        "build_survey": _("made the survey %(object)s"),
        "edit_survey": _("changed the survey %(object)s"),
        "change_open_survey": _("changed what may still change in the survey %(object)s"),
        "plan_groups": _("said what each group is asked in the survey %(object)s"),
        "choose_issues": _("chose the issues of a group in the survey %(object)s"),
        "set_split": _("set how the survey %(object)s is split"),
        "save_profile_question": _("saved a profile question of the survey %(object)s"),
        "remove_profile_question": _("removed a profile question of the survey %(object)s"),
        "move_profile_question": _("ordered the profile questions of the survey %(object)s"),
        "remove_survey": _("removed the draft of survey %(object)s"),
        "open_survey": _("opened the survey %(object)s"),
        "close_survey": _("closed the survey %(object)s"),
        "change_window": _("moved the closing of survey %(object)s"),
        "seal_survey": _("sealed the anonymous survey %(object)s"),
        "request_import": _("uploaded the file %(object)s"),
        "check_import": _("had the file %(object)s checked"),
        "match_import": _("said what the columns of the file %(object)s are"),
        "confirm_import": _("confirmed the import of %(object)s"),
        "discard_import": _("discarded the import of %(object)s"),
        "store_import": _("stored the responses of %(object)s"),
        "load_demo": _("made the demo survey %(object)s"),
        "promote_comment": _("made an open answer a proposal: %(object)s"),
        "change_rules": _("changed the screening rules of %(object)s"),
        "screen_survey": _("screened the responses of %(object)s anew"),
        "overrule_response": _("decided whether the response %(object)s counts"),
    },
)
add_words("job", {"check_import": _("Checking a file of responses"), "store_import": _("Storing responses")})
add_words("job", {"dry_run": _("Trying out screening rules"), "change_rules": _("Screening responses anew")})
add_words("effect", {"reject": _("rejects"), "mark": _("marks only"), "off": _("off")})
add_words(
    "object",
    {
        "surveys.response": _("Response"),
        "surveys.responseimport": _("Imported responses"),
        "surveys.survey": _("Survey"),
    },
)
add_words("job", {"count_fieldwork": _("Counting the responses of a large survey")})
add_words(
    "channel",
    {
        "link": _("Open link"),
        "batch": _("Personal links"),
        "mail": _("Mail"),
        "paper": _("Paper"),
        "": _("Channel not known"),
    },
)
