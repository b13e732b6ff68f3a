"""What this app declares: its words and its steps of a cycle."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from materiality.models import Cycle, Edition, Group, Issue, User
from materiality.platform.hooks import Found, Hooks, JobFunctions, Step, StepPage, StepStanding, Words, words_about
from materiality.platform.keys import missing_keys
from materiality.platform.logins import names_guessed
from materiality.queries.cycles import (
    BEFORE_SIGN_OFF,
    SCORES_OPEN,
    admits_to_cycle,
    group_columns,
    newest_run,
    of_seen_cycles,
    run_behind,
    seen_cycles,
)

WORDS: dict[str, Words] = {
    "job": {
        "check_sheet": gettext_lazy("Check of a spreadsheet"),
    },
    "action": {
        "load_library": gettext_lazy("loaded the library %(object)s"),
        "save_own_group": gettext_lazy("saved the organisation's group %(object)s"),
        "remove_own_group": gettext_lazy("removed the organisation's group %(object)s"),
        "save_indicator": gettext_lazy("saved the indicator %(object)s"),
        "remove_indicator": gettext_lazy("deleted the indicator %(object)s"),
        "set_languages": gettext_lazy("set the languages of %(object)s"),
        "set_code_pattern": gettext_lazy("set the pattern of the codes of %(object)s"),
        "date_framework": gettext_lazy("said from when until when %(object)s is in force"),
        "install_framework": gettext_lazy("installed the framework %(object)s"),
        "open_cycle": gettext_lazy("created the cycle %(object)s"),
        "edit_cycle": gettext_lazy("changed the details of cycle %(object)s"),
        "choose_scope": gettext_lazy("chose the issues of cycle %(object)s"),
        "set_sample": gettext_lazy("put aside or brought back the sample %(object)s"),
        "confirm_step": gettext_lazy("confirmed a step of cycle %(object)s"),
        "close_cycle": gettext_lazy("closed the cycle %(object)s"),
        "begin_review": gettext_lazy("began the review of cycle %(object)s"),
        "hand_back": gettext_lazy("sent the cycle %(object)s back"),
        "reopen_review": gettext_lazy("opened the review of cycle %(object)s again"),
        "decide_issue": gettext_lazy("decided on an issue of %(object)s"),
        "sign_off": gettext_lazy("signed the cycle %(object)s off"),
        "save_group": gettext_lazy("saved the group %(object)s"),
        "remove_group": gettext_lazy("removed the group %(object)s"),
        "save_point": gettext_lazy("wrote into a stakeholder list: %(object)s"),
        "remove_point": gettext_lazy("removed from a stakeholder list: %(object)s"),
        "move_point": gettext_lazy("moved in a stakeholder list: %(object)s"),
        "load_demo_stakeholders": gettext_lazy("loaded sample stakeholder lists into cycle %(object)s"),
        "save_engagement": gettext_lazy("saved the engagement record %(object)s"),
        "remove_engagement": gettext_lazy("removed the engagement record %(object)s"),
        "add_attachment": gettext_lazy("attached a file to the engagement record %(object)s"),
        "remove_attachment": gettext_lazy("removed a file from the engagement record %(object)s"),
        "propose": gettext_lazy("proposed for the library: %(object)s"),
        "decide_proposal": gettext_lazy("decided on the suggestion %(object)s"),
        "import_proposals": gettext_lazy("imported suggestions, the first being %(object)s"),  # of earlier versions
        "name_organisation": gettext_lazy("said what the organisation is called: %(object)s"),
        "set_calendar": gettext_lazy("changed the calendar of reviews and surveys"),
        "upgrade": gettext_lazy("took stock of all tables after an upgrade, the first being %(object)s"),
        "send_anchor": gettext_lazy("mailed the anchor of the audit trail of %(object)s"),
        "remind": gettext_lazy("reminded staff of what is due on %(object)s"),
        "set_method": gettext_lazy("changed the method of cycle %(object)s"),
        "score_cycle": gettext_lazy("created a scoring run"),
        "score_reported": gettext_lazy("created a scoring run of figures from elsewhere"),
        "add_person": gettext_lazy("added the person %(object)s"),
        "save_person": gettext_lazy("changed the account of %(object)s"),
        "renew_hash": gettext_lazy("renewed how the password of %(object)s is kept, at a login"),
        "change_password": gettext_lazy("changed the password of %(object)s"),
        "add_factor": gettext_lazy("added a second factor to %(object)s"),
        "remove_factor": gettext_lazy("removed a second factor of %(object)s"),
        "renew_codes": gettext_lazy("created new recovery codes for %(object)s"),
        "reset_factors": gettext_lazy("took away all second factors of %(object)s"),
        "use_recovery_code": gettext_lazy("used a recovery code of %(object)s"),
        "offer_login": gettext_lazy("created a link for setting the password of %(object)s"),
        "erase_person": gettext_lazy("erased the name of a person"),
        "start_draft": gettext_lazy("started the draft %(object)s"),
        "discard_draft": gettext_lazy("discarded the draft %(object)s"),
        "publish_edition": gettext_lazy("published the edition %(object)s"),
        "correct_erratum": gettext_lazy("corrected the spelling of issue %(object)s"),
        "add_category": gettext_lazy("added the category %(object)s"),
        "name_category": gettext_lazy("renamed the category %(object)s"),
        "order_categories": gettext_lazy("changed the order of the categories: %(object)s"),
        "merge_category": gettext_lazy("moved the issues of a category to another one, %(object)s first"),
        "retire_category": gettext_lazy("retired the category %(object)s"),
        "add_issue": gettext_lazy("added the issue %(object)s"),
        "change_issue": gettext_lazy("changed the issue %(object)s"),
        "move_issue": gettext_lazy("moved the issue %(object)s"),
        "merge_issues": gettext_lazy("merged issues into %(object)s"),
        "split_issue": gettext_lazy("split the issue %(object)s"),
        "retire_issue": gettext_lazy("retired the issue %(object)s"),
        "reorder_issues": gettext_lazy("changed the order of issues around %(object)s"),
        "undo_last_change": gettext_lazy("undid the last change of the draft %(object)s"),
        "map_issue": gettext_lazy("added a mapping to the issue %(object)s"),
        "unmap_issue": gettext_lazy("removed a mapping from the issue %(object)s"),
        "propose_mappings": gettext_lazy("had mappings proposed from the crosswalk for the draft %(object)s"),
        "decide_mapping_proposal": gettext_lazy("decided on proposed mappings of the issue %(object)s"),
        "save_translations": gettext_lazy("saved translations, the first being of %(object)s"),
        "check_sheet": gettext_lazy("uploaded the spreadsheet %(object)s"),
        "confirm_sheet": gettext_lazy("imported the spreadsheet %(object)s"),
        "undo_sheet": gettext_lazy("undid the import of the spreadsheet %(object)s"),
        "discard_sheet": gettext_lazy("discarded the spreadsheet %(object)s"),
    },
    "tier": {
        "high": pgettext_lazy("tier", "High"),
        "medium": pgettext_lazy("tier", "Medium"),
        "low": pgettext_lazy("tier", "Low"),
        "double": pgettext_lazy("tier", "Both impacts"),
        "impact": pgettext_lazy("tier", "Society only"),
        "financial": pgettext_lazy("tier", "Business only"),
        "neither": pgettext_lazy("tier", "Neither"),
        "unscored": pgettext_lazy("tier", "Not scored"),
    },
    "parameter": {
        "estimator": gettext_lazy("Scores"),
        "weighting": gettext_lazy("How groups are combined"),
        "min_n": gettext_lazy("Smallest number of ratings"),
        "all_groups": gettext_lazy("Every group needed"),
        "lam": gettext_lazy("Share of society, λ"),
        "rule": gettext_lazy("Rule"),
        "cuts": gettext_lazy("Cut by"),
        "q_high": gettext_lazy("Top share"),
        "q_low": gettext_lazy("Bottom share"),
        "cut_high": gettext_lazy("High from"),
        "cut_low": gettext_lazy("Low below"),
        "thresholds": gettext_lazy("Thresholds by"),
        "q_society": gettext_lazy("Top share on society"),
        "q_business": gettext_lazy("Top share on business"),
        "threshold_society": gettext_lazy("Threshold for impact on society"),
        "threshold_business": gettext_lazy("Threshold for impact on business"),
        "material": gettext_lazy("Tiers that are material"),
        "seed": gettext_lazy("Seed"),
        "weights": gettext_lazy("Weights of the groups"),
        "panel_society": gettext_lazy("Share of the expert panel on society"),
        "panel_business": gettext_lazy("Share of the expert panel on business"),
        "panel_alone": gettext_lazy("Expert panel alone"),
        "names": gettext_lazy("Names of axes, tiers and zones"),
        "weight_society": gettext_lazy("Weight for impact on society"),
        "weight_business": gettext_lazy("Weight for impact on business"),
    },
    "choice": {
        "comparable": gettext_lazy("adjusted for who was asked"),
        "plain": gettext_lazy("plain mean of the groups"),
        "balanced": gettext_lazy("balanced"),
        "by_response": gettext_lazy("pooled, every response alike"),
        "priority": gettext_lazy("by priority"),
        "either": gettext_lazy("by either dimension"),
        "shares": gettext_lazy("shares of the issues"),
        "absolute": gettext_lazy("fixed numbers"),
    },
    "cut": {
        "high": gettext_lazy("High from"),
        "low": gettext_lazy("Low below"),
        "society": gettext_lazy("Threshold for impact on society"),
        "business": gettext_lazy("Threshold for impact on business"),
    },
    "head": {
        "weight_society": gettext_lazy("Weight, society"),
        "weight_business": gettext_lazy("Weight, business"),
        "habit_society": gettext_lazy("Habit, society"),
        "habit_business": gettext_lazy("Habit, business"),
        "change_society": gettext_lazy("Change, impact on society"),
        "change_business": gettext_lazy("Change, impact on business"),
    },
    # The same where a method has its own name for the axis.
    "of_axis": {
        "lam": gettext_lazy("Share of “%(axis)s”, λ"),
        "only": gettext_lazy("%(axis)s only"),
        "q": gettext_lazy("Top share: %(axis)s"),
        "cut": gettext_lazy("Threshold: %(axis)s"),
        "threshold": gettext_lazy("Threshold: %(axis)s"),
        "panel": gettext_lazy("Share of the expert panel: %(axis)s"),
        "weight": gettext_lazy("Weight: %(axis)s"),
        "habit": gettext_lazy("Habit: %(axis)s"),
        "change": gettext_lazy("Change: %(axis)s"),
    },
    "side": {"society": gettext_lazy("Society"), "business": gettext_lazy("Business")},
    "axis": {
        "society": gettext_lazy("Impact on society and the environment"),
        "business": gettext_lazy("Impact on the company's business"),
    },
    "dimension": {
        "society": gettext_lazy("Impact on society"),
        "business": gettext_lazy("Impact on business"),
    },
    "field": {
        "acknowledged": gettext_lazy("acknowledged"),
        "after_run": gettext_lazy("after run"),
        "altered": gettext_lazy("found changed outside the application"),
        "catalogue_rows": gettext_lazy("rows of catalogues"),
        "chapter": gettext_lazy("chapter"),
        "disclosures": gettext_lazy("disclosures"),
        "file": gettext_lazy("file"),
        "flags_moved": gettext_lazy("responses flagged again"),
        "good": gettext_lazy("good rows"),
        "bad_rows": gettext_lazy("bad rows"),
        "in_force": gettext_lazy("edition in force"),
        "is_active": gettext_lazy("active"),
        "issues": gettext_lazy("issues"),
        "items": gettext_lazy("items"),
        "location": gettext_lazy("location"),
        "mappings": gettext_lazy("mappings"),
        "note": gettext_lazy("note"),
        "primaries": gettext_lazy("primary issues"),
        "rows": gettext_lazy("rows"),
        "secondaries": gettext_lazy("secondary issues"),
        "section": gettext_lazy("section"),
        "sections": gettext_lazy("sections"),
        "sha256": "SHA-256",
        "target": gettext_lazy("target"),
        "valid": gettext_lazy("valid responses"),
    },
    "difference": {
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
    "text": {
        "name_zh": gettext_lazy("Chinese name"),
        "name_en": gettext_lazy("English name"),
        "definition_zh": gettext_lazy("Chinese definition"),
        "definition_en": gettext_lazy("English definition"),
    },
    "translated": {
        "issue": gettext_lazy("Issue"),
        "category": pgettext_lazy("library", "Category"),
        "cycle": gettext_lazy("Cycle"),
        "group": gettext_lazy("Stakeholder group"),
        "point": gettext_lazy("Stakeholder point"),
    },
    "text_field": {
        "name": pgettext_lazy("text", "Name"),
        "definition": gettext_lazy("Definition"),
        "title": gettext_lazy("Title"),
        "text": gettext_lazy("Text"),
    },
    "row_state": {
        "error": pgettext_lazy("rows", "In error"),
        "new": pgettext_lazy("rows", "New"),
        "changed": pgettext_lazy("rows", "Changed"),
        "unchanged": pgettext_lazy("rows", "Unchanged"),
    },
}


def _scope(cycle: Cycle) -> StepStanding:
    words = ngettext("%(count)s left out", "%(count)s left out", len(cycle.left_out)) % {"count": len(cycle.left_out)}
    return StepStanding(done=True, words=words if cycle.left_out else _("all issues"))


def _groups(cycle: Cycle) -> StepStanding:
    number = len(group_columns(cycle))
    words = ngettext("%(count)s group", "%(count)s groups", number) % {"count": number}
    return StepStanding(done=number > 0, words=words, missing=[] if number else [_("no group yet")])


def _method(cycle: Cycle) -> StepStanding:
    rule = str(cycle.method.get("rule", ""))
    return StepStanding(done=True, words=words_about("choice").get(rule, ""))


def _scores(cycle: Cycle) -> StepStanding:
    run, behind = newest_run(cycle), run_behind(cycle)
    if run is None:
        return StepStanding(done=False, missing=[_("no run yet")])
    words = _("run %(number)s") % {"number": run.number}
    return StepStanding(done=True, words=words, stale=behind.words if behind else "")


def _review(cycle: Cycle) -> StepStanding:
    """Signed, or how far it is; what was signed is stale once the newest run is another."""
    run = newest_run(cycle)
    signed = run.signed if run else None
    if signed and signed != run.pk:
        other = _("run %(number)s came after the sign-off") % {"number": run.number}
        return StepStanding(done=True, words=_("signed"), stale=other)
    if signed and cycle.state in SCORES_OPEN:
        behind = run_behind(cycle)
        return StepStanding(done=True, words=_("signed"), stale=behind.words if behind else "")
    words = _("under way") if cycle.state == Cycle.State.IN_REVIEW else ""
    return StepStanding(done=False, words=words, missing=[_("not signed off yet")])


def _find_issues(_person: User, text: str, most: int) -> list[Found]:
    """Issues of the edition in force by code or name."""
    named = Q(code__icontains=text) | Q(name__icontains=text)
    rows = Issue.objects.filter(named, edition__state=Edition.State.PUBLISHED).select_related("edition")[:most]
    return [Found(_("Issue"), row.name, reverse("issue", args=[row.edition.code, row.code]), row.code) for row in rows]


def _find_cycles(person: User, text: str, most: int) -> list[Found]:
    named = Q(code__icontains=text) | Q(title__icontains=text)
    rows = seen_cycles(person).filter(named)[:most]
    return [Found(_("Cycle"), row.title, reverse("cycle", args=[row.code]), row.get_state_display()) for row in rows]


def _find_groups(person: User, text: str, most: int) -> list[Found]:
    named = Q(code__icontains=text) | Q(name__icontains=text)
    rows = of_seen_cycles(person, Group.objects.filter(named)).select_related("cycle")
    rows = rows.order_by("-cycle__period_end", "pk")[:most]
    return [
        Found(_("Group"), row.name, reverse("group_points", args=[row.cycle.code, row.code]), row.cycle.title)
        for row in rows
    ]


def key_alerts() -> Iterator[str]:
    """Keys that are away: what needs them answers 503, or nothing vouches for what is written."""
    for name in missing_keys():
        yield _("The key %(name)s is missing from the folder of keys. Put it back.") % {"name": name}


def guessing_alerts() -> Iterator[str]:
    """Names at which many attempts to log in have failed, counted in this process; which, nothing says."""
    if number := names_guessed():
        sentence = ngettext(
            "Somebody is guessing the password of %(count)s account; each attempt waits longer.",
            "Somebody is guessing the passwords of %(count)s accounts; each attempt waits longer.",
            number,
        )
        yield sentence % {"count": number}


# Tables that belong to no edition: each is digested as a whole.
CATALOGUES = (
    *("materiality.framework", "materiality.disclosure", "materiality.disclosurelink"),
    *("materiality.crosswalk", "materiality.frameworkvalue"),
)
PERSONS = (
    *("materiality.user", "materiality.user_cycles", "materiality.factor"),
    "materiality.auditperson",
)

HOOKS = Hooks(
    words=WORDS,
    jobs={
        "check_sheet": JobFunctions(
            "materiality.actions.tables.check_upload", "materiality.actions.tables.store_check"
        ),
    },
    searches=(_find_issues, _find_cycles, _find_groups),
    steps=(
        Step(
            *(10, "plan", "scope", gettext_lazy("Issues in scope")),
            pages=(StepPage(gettext_lazy("Issues"), "scope"),),
            standing=_scope,
            rests_on=lambda cycle: [cycle.edition.code, *cycle.left_out],
        ),
        Step(
            *(20, "plan", "groups", gettext_lazy("Stakeholders")),
            pages=(
                StepPage(gettext_lazy("Groups"), "groups"),
                StepPage(gettext_lazy("Stakeholder table"), "stakeholder_table"),
                StepPage(gettext_lazy("Engagement records"), "engagements"),
            ),
            standing=_groups,
            rests_on=lambda cycle: [row[:2] for row in group_columns(cycle)],
        ),
        Step(
            *(30, "plan", "method", gettext_lazy("Method")),
            pages=(StepPage(gettext_lazy("Method"), "method"),),
            standing=_method,
            rests_on=lambda cycle: [cycle.method, group_columns(cycle)],
        ),
        Step(
            *(90, "decide", "scores", gettext_lazy("Scores")),
            pages=(
                StepPage(gettext_lazy("Scores"), "scores", "see_scores"),
                StepPage(gettext_lazy("Groups compared"), "comparison", "see_scores"),
                StepPage(gettext_lazy("Robustness"), "robustness", "see_scores"),
                StepPage(gettext_lazy("Year on year"), "years", "see_scores"),
            ),
            standing=_scores,
        ),
        Step(
            *(110, "decide", "review", pgettext_lazy("committee", "Review")),
            pages=(StepPage(pgettext_lazy("committee", "Review"), "review", "see_scores"),),
            standing=_review,
        ),
    ),
    # Figures from elsewhere were counted before, too.
    begun=lambda cycle: newest_run(cycle) is not None,
    settled=lambda cycle: cycle.state not in BEFORE_SIGN_OFF,
    admission=(admits_to_cycle,),
    alerts=(key_alerts, guessing_alerts),
    guarded=(
        *("materiality.edition", "materiality.cycle", "materiality.run", "materiality.proposal"),
        *("materiality.indicator", "materiality.organisation", "materiality.owngroup"),
    ),
    owned={
        "materiality.edition": {
            "materiality.category": "edition",
            "materiality.issue": "edition",
            "materiality.issuemapping": "issue__edition",
            "materiality.lineage": "edition",
            "materiality.erratum": "issue__edition",
        },
        "materiality.cycle": {
            "materiality.group": "cycle",
            "materiality.stakeholderpoint": "group__cycle",
            "materiality.engagement": "cycle",
            "materiality.engagement_issues": "engagement__cycle",
            "materiality.attachment": "engagement__cycle",
            "materiality.reportedfigure": "cycle",
            "materiality.signoff": "cycle",
        },
        "materiality.run": {"materiality.issuescore": "run", "materiality.decision": "run"},
        "materiality.user": dict.fromkeys(PERSONS, ""),
        "materiality.owngroup": {"materiality.owngroup": ""},
        "materiality.framework": dict.fromkeys(CATALOGUES, ""),
    },
)
