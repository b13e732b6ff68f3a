"""Catalogues of disclosures, goals and topics; the key is (framework edition, code) everywhere."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.platform.bilingual import Texts


class Framework(models.Model):
    """One edition of a catalogue, such as GRI of 2016 or the Sustainable Development Goals.

    `column` names it in sheets of issues and outlines; one without has none. It is in force from the first day until
    the day before the last; `successor` has taken its place then.
    """

    code = models.CharField(_("code"), max_length=20)
    edition = models.CharField(_("edition"), max_length=20)
    title = Texts(300)
    publisher = models.CharField(_("Publisher"), max_length=300, blank=True)
    column = models.SlugField(
        _("Column"),
        max_length=40,
        blank=True,
        help_text=_("Names the framework in spreadsheets of issues. Empty: it has no column there."),
    )
    note = Texts(0, blank=True, default=dict)
    in_force_from = models.DateField(_("In force from"), null=True, blank=True)
    in_force_until = models.DateField(
        _("In force until"), null=True, blank=True, help_text=_("The first day on which it is not in force.")
    )
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
        verbose_name=_("Successor"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1000)

    class Meta:
        verbose_name = _("Framework")
        ordering = ["order", "code", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="framework_edition_once"),
            models.UniqueConstraint(fields=["column"], condition=~Q(column=""), name="framework_column_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.edition}".strip()

    def clean(self) -> None:
        if self.in_force_from and self.in_force_until and self.in_force_until <= self.in_force_from:
            raise ValidationError(_("It cannot be out of force before it is in force."))
        following, seen = self.successor, {self.pk}
        while following:
            if following.pk in seen:
                raise ValidationError(_("An edition cannot follow itself."))
            seen.add(following.pk)
            following = following.successor


class Disclosure(models.Model):
    """One disclosure, goal or topic of a catalogue. `standard_*` are set for GRI only.

    `identity` tells apart what one code meant in different years. `own_wording`: languages whose title is ours.
    """

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="disclosures")
    code = models.CharField(_("code"), max_length=20)
    title = Texts(300)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("primary issue"),
    )
    standard_code = models.CharField(max_length=20, blank=True)
    standard_title = Texts(300, blank=True)
    standard_year = models.PositiveSmallIntegerField(null=True, blank=True)
    series = models.CharField(max_length=20, blank=True)
    colour = models.CharField(max_length=7, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    identity = models.CharField(max_length=30, blank=True)
    effective_from = models.DateField(_("In force from"), null=True, blank=True)
    withdrawn_from = models.DateField(_("In force until"), null=True, blank=True)
    replaced_by = models.CharField(_("Replaced by"), max_length=120, blank=True)
    code_official = models.BooleanField(
        _("Official code"), default=True, help_text=_("A code that is not is never printed, only its title.")
    )
    own_wording = models.JSONField(_("Own wording"), default=list, blank=True)

    class Meta:
        verbose_name = _("Disclosure")
        ordering = ["framework", "order"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="disclosure_once_per_framework")]

    def __str__(self) -> str:
        return f"{self.framework} {self.code}"


class IssueMapping(models.Model):
    """An issue is covered by a disclosure, goal or topic, wholly or in part."""

    class Type(models.TextChoices):
        EQUAL = "equal", pgettext_lazy("mapping", "the same")
        PART = "part", pgettext_lazy("mapping", "the issue is a part of it")
        WHOLE = "whole", pgettext_lazy("mapping", "it is a part of the issue")
        RELATED = "related", pgettext_lazy("mapping", "related")

    issue = models.ForeignKey("Issue", on_delete=models.CASCADE, related_name="mappings")
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="mappings")
    type = models.CharField(_("Type"), max_length=8, choices=Type.choices, default=Type.EQUAL)

    class Meta:
        verbose_name = _("Mapping")
        ordering = ["disclosure__framework", "disclosure__order"]
        constraints = [models.UniqueConstraint(fields=["issue", "disclosure"], name="issue_mapping_once")]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.disclosure_id}"


class DisclosureLink(models.Model):
    """A GRI disclosure bears on a goal; `basis` says how well the link is sourced."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="goal_links")
    goal = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="disclosure_links")
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disclosure", "goal"], name="disclosure_link_once")]

    def __str__(self) -> str:
        return f"{self.disclosure_id} → {self.goal_id}"


class Crosswalk(models.Model):
    """Where the subject of a disclosure is found in a later edition or standard."""

    class Relation(models.TextChoices):
        EQUAL = "equal", _("equal")
        MOVED = "moved", _("moved")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        PART = "part", _("part")
        REWORKED = "reworked", _("reworked")
        WITHDRAWN = "withdrawn", _("withdrawn")

    source = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="successors")
    target = models.ForeignKey(Disclosure, null=True, blank=True, on_delete=models.CASCADE, related_name="predecessors")
    relation = models.CharField(max_length=12, choices=Relation.choices)
    note = Texts(0, blank=True, default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "relation"], name="crosswalk_once"),
            models.UniqueConstraint(
                fields=["source", "relation"], condition=Q(target__isnull=True), name="crosswalk_to_nothing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.relation})"


class MappingProposal(models.Model):
    """A mapping that the crosswalk from GRI 2016 to 2021 suggests for an issue; staff confirm or dismiss it."""

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    issue = models.ForeignKey("Issue", on_delete=models.CASCADE, related_name="mapping_proposals")
    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.CASCADE, related_name="proposals")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Proposed mapping")
        ordering = ["issue", "pk"]
        constraints = [models.UniqueConstraint(fields=["issue", "crosswalk"], name="mapping_proposal_once")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.crosswalk_id} {self.state}"
