"""The issue library: edition → category → issue, on up to three levels, with lineage and errata."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import Texts, default_languages

MARKS = 8  # of categories: shapes with a colour each


class Edition(models.Model):
    """One edition of the library; exactly one published edition is in force."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In force")
        SUPERSEDED = "superseded", _("Superseded")

    code = models.SlugField(
        _("Code"),
        max_length=40,
        unique=True,
        help_text=_("Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later."),
    )
    title = Texts()
    languages = models.JSONField(_("languages"), default=default_languages, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")
    note = models.TextField(
        _("Note on the edition"), blank=True, help_text=_("What the review is about, for those who look back.")
    )
    code_pattern = models.CharField(
        _("Pattern of the codes"),
        max_length=120,
        blank=True,
        help_text=_(
            "A for a capital letter, 9 for a number, 99 for a number of two digits, such as A9 for E1 or AAA-99 for"
            " SOC-03. One for each level, the top one first: AAA-99; AAA-99-99. Empty: any code."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Edition")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="published"), name="one_edition_in_force"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="published_edition_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_first_draft(self) -> bool:
        """Whether it is a draft of the first edition that there is."""
        return self.state == self.State.DRAFT and self.based_on_id is None


def library_languages() -> list[str]:
    """The languages of the edition in force, else of the first draft: those of the organisation."""
    held = Edition.objects.exclude(state=Edition.State.SUPERSEDED).order_by("-state")
    return next(iter(held.values_list("languages", flat=True)), default_languages())


class Category(models.Model):
    """One of the library's categories, such as environment."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    spoken_in = "edition"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(
        _("code"), max_length=40, help_text=_("Names the category in files and over editions. It cannot change later.")
    )
    name = Texts()
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        verbose_name = _("Category")
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="category_code_once_per_edition")]

    def __str__(self) -> str:
        return self.code

    @property
    def mark(self) -> int:
        """Which mark and colour it has, 1 to 8, by its place in the edition."""
        return (max(self.order, 1) - 1) % MARKS + 1


class Issue(models.Model):
    """A primary issue (no parent), a secondary issue under one, or one of the third level under that.

    That a parent is of the same edition and category, and that there are three levels at most, is checked by a trigger
    in the database (migration 0022), as no plain constraint can look at another row. `version` grows with every change,
    so that two people editing one issue notice each other; `changed` holds when each text was last changed,
    {field: ISO time}.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    spoken_in = "edition"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="issues")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="issues")
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="secondaries",
        verbose_name=_("primary issue"),
    )
    code = models.CharField(_("code"), max_length=40)
    name = Texts()
    definition = Texts(0, blank=True)
    groups = models.JSONField(_("groups"), default=list, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE)
    order = models.PositiveIntegerField(_("order"), default=0)
    version = models.PositiveIntegerField(default=1)
    changed = models.JSONField(default=dict, blank=True)
    disclosures = models.ManyToManyField("Disclosure", through="IssueMapping", related_name="issues")

    class Meta:
        verbose_name = _("Issue")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="issue_code_once_per_edition"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="issue_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_primary(self) -> bool:
        return self.parent_id is None

    @property
    def level(self) -> int:
        """1 at the top; asks for the issues above it."""
        return 1 if self.parent_id is None else self.parent.level + 1


class Lineage(models.Model):
    """One line of descent into `edition`: `source` (edition before) → `target` (this edition).

    `added` has no source, `retired` no target; a merge has several rows with one target, a split several with one
    source. `reason` is kept where identity changes.
    """

    class Kind(models.TextChoices):
        KEPT = "kept", _("kept")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        ADDED = "added", _("added")
        RETIRED = "retired", _("retired")

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="lineage")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.ForeignKey("Issue", null=True, blank=True, on_delete=models.PROTECT, related_name="descendants")
    target = models.ForeignKey("Issue", null=True, blank=True, on_delete=models.CASCADE, related_name="ancestors")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "source", "target"], name="lineage_once"),
            models.UniqueConstraint(
                fields=["edition", "target"], condition=Q(source__isnull=True), name="lineage_added_once"
            ),
            models.UniqueConstraint(
                fields=["edition", "source"], condition=Q(target__isnull=True), name="lineage_retired_once"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(target__isnull=False), name="lineage_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.kind})"


class EditionChange(models.Model):
    """One change of a draft edition, with the rows before and after, so that the last one can be undone."""

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="changes")
    action = models.CharField(max_length=40)
    object_text = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "-pk"]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.action} {self.object_text}"


class Erratum(models.Model):
    """A corrected spelling in a published edition; the old text is kept."""

    issue = models.ForeignKey("Issue", on_delete=models.CASCADE, related_name="errata")
    field = models.CharField(max_length=40)
    old_text = models.TextField()
    new_text = models.TextField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Erratum")
        ordering = ["issue", "pk"]

    def __str__(self) -> str:
        return f"{self.issue_id}.{self.field}"
