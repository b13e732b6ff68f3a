"""What the audit trail says, in words: kinds of objects, and findings of its verification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from materiality.audit_check import Finding
from materiality.words import add_words, word_for

add_words(
    "action",
    {
        "add_person": gettext_lazy("added the person %(object)s"),
        "save_person": gettext_lazy("changed the account of %(object)s"),
        "change_password": gettext_lazy("changed the password of %(object)s"),
        "erase_person": gettext_lazy("erased the name of a person"),
    },
)
add_words(
    "object",
    {
        "materiality.attachment": gettext_lazy("Attachment"),
        "materiality.auditperson": gettext_lazy("Person"),
        "materiality.calendar": gettext_lazy("Calendar"),
        "materiality.category": gettext_lazy("Category"),
        "materiality.cycle": gettext_lazy("Cycle"),
        "materiality.disclosure": gettext_lazy("Disclosure"),
        "materiality.edition": gettext_lazy("Edition"),
        "materiality.engagement": gettext_lazy("Engagement record"),
        "materiality.erratum": gettext_lazy("Erratum"),
        "materiality.framework": gettext_lazy("Framework"),
        "materiality.group": gettext_lazy("Stakeholder group"),
        "materiality.issue": gettext_lazy("Issue"),
        "materiality.issuemapping": gettext_lazy("Mapping"),
        "materiality.mappingproposal": gettext_lazy("Proposed mapping"),
        "materiality.proposal": gettext_lazy("Proposal"),
        "materiality.reminder": gettext_lazy("Reminder"),
        "materiality.run": gettext_lazy("Scoring run"),
        "materiality.sheetimport": gettext_lazy("Imported spreadsheet"),
        "materiality.stakeholderpoint": gettext_lazy("Stakeholder point"),
        "materiality.user": gettext_lazy("Person"),
    },
)

FINDINGS: dict[str, Promise] = {
    "missing": gettext_lazy("Event %(number)s is missing."),
    "missing_many": gettext_lazy("Events %(number)s to %(last)s are missing."),
    "order": gettext_lazy("Event %(number)s stands a second time."),
    "chain": gettext_lazy("Event %(number)s does not continue the chain: it names another hash before it."),
    "contents": gettext_lazy("Event %(number)s was changed: its contents do not give its hash."),
    "touched": gettext_lazy(
        "Event %(number)s was changed: its list of further rows is not the one it was written with."
    ),
    "row_changed": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was changed around the application after event %(number)s."
    ),
    "row_gone": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was deleted around the application after event %(number)s."
    ),
    "row_back": gettext_lazy(
        "%(object)s (%(object_type)s %(object_id)s) was put back around the application after event %(number)s."
    ),
    "anchor": gettext_lazy("The hash %(hash)s does not stand in the chain."),
}


def finding_sentence(finding: Finding) -> str:
    """One line on a finding."""
    kind = finding.kind
    if kind == "missing" and finding.params["last"] > finding.number:
        kind = "missing_many"
    known = {"number": finding.number, **finding.params}
    if "object_type" in known:
        known["object"] = word_for("object", known["object_type"])
    return str(FINDINGS[kind]) % known
