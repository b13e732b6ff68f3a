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
        "delete_old_drafts": _("deleted unfinished answers to the survey %(object)s, which were kept long enough"),
        "erase_response": _("deleted answers to the survey %(object)s as their respondent wished"),
        "seal_survey": _("sealed the anonymous survey %(object)s"),
        "request_import": _("uploaded the file %(object)s"),
        "check_import": _("had the file %(object)s checked"),
        "match_import": _("said what the columns of the file %(object)s are"),
        "rename_match": _("renamed the column match %(object)s"),
        "delete_match": _("deleted the column match %(object)s"),
        "confirm_import": _("confirmed the import of %(object)s"),
        "discard_import": _("discarded the import of %(object)s"),
        "store_import": _("stored the responses of %(object)s"),
        "load_demo": _("made the demo survey %(object)s"),
        "print_sheets": _("printed paper sheets for the survey %(object)s"),
        "enter_sheet": _("entered the paper sheet %(object)s"),
        "store_sheet": _("stored the paper sheet %(object)s"),
        "promote_comment": _("made an open answer a proposal: %(object)s"),
        "change_rules": _("changed the screening rules of %(object)s"),
        "screen_survey": _("screened the responses of %(object)s anew"),
        "create_batch": _("made the batch %(object)s of personal links"),
        "void_batch": _("made the links of the batch %(object)s void"),
        "add_recipients": _("added recipients to the survey %(object)s"),
        "import_bounces": _("took in bounces for the survey %(object)s"),
        "erase_recipient": _("erased a recipient of the survey %(object)s"),
        "purge_recipients": _("deleted the recipients of the survey %(object)s"),
        "start_mailing": _("began to send the mailing %(object)s"),
        "steer_mailing": _("paused, resumed or stopped the mailing %(object)s"),
        "overrule_response": _("decided whether the response %(object)s counts"),
    },
)
add_words("job", {"check_import": _("Checking a file of responses"), "store_import": _("Storing responses")})
add_words("job", {"dry_run": _("Trying out screening rules"), "change_rules": _("Screening responses anew")})
add_words("job", {"print_sheets": _("Printing paper sheets")})
add_words("effect", {"reject": _("rejects"), "mark": _("marks only"), "off": _("off")})
add_words(
    "object",
    {
        "surveys.batch": _("Batch of links"),
        "surveys.mailing": _("Mailing"),
        "surveys.papersheet": _("Paper sheet"),
        "surveys.response": _("Response"),
        "surveys.responseimport": _("Imported responses"),
        "surveys.columnmatch": _("Column match"),
        "surveys.survey": _("Survey"),
    },
)
add_words("job", {"count_fieldwork": _("Counting the responses of a large survey")})
add_words(
    "channel",
    {
        "link": _("Open link"),
        "qr": _("QR code"),
        "batch": _("Personal links"),
        "mail": _("Mail"),
        "paper": _("Paper"),
        "": _("Channel not known"),
    },
)
add_words(
    "field",
    {
        "addresses": _("addresses"),
        "answers_erased": _("answers erased"),
        "bounced": _("addresses that do not work"),
        "channel": _("channel"),
        "group": _("group"),
        "groups": _("groups"),
        "imports": _("files"),
        "label": _("label"),
        "links": _("links"),
        "mails": _("mails"),
        "per_minute": _("mails a minute"),
        "recipients": _("recipients"),
        "survey": _("survey"),
        "tool": _("tool"),
        "voided_at": _("made void at"),
    },
)
