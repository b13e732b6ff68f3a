"""The categories of a draft edition in the `categories` format (formats.md)."""

from collections.abc import Iterable, Sequence
from copy import copy

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.rows import locked_edition_draft
from materiality.models import Category, Issue
from materiality.platform.bilingual import DEFAULT_LANGUAGES
from materiality.tables.headers import Choices, SheetColumn, choice_words, text_columns_of
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.widgets import ChoiceWidget, NumberWidget, SheetRow, TextWidget

_STATUS = _("active or retired; empty means active.")


class CategoryResource(StrictResource):
    """Categories of the draft of the scope; a file adds and changes categories, it removes none."""

    sheet = "categories"
    written = ("name", "order", "status")

    category = Field("code", "category", widget=TextWidget(40, required=True))
    order = Field("order", "order", widget=NumberWidget(whole=True, empty=0))
    status = Field("status", "status", widget=ChoiceWidget("statuses", "unknown_status", empty=Category.Status.ACTIVE))

    class Meta:
        model = Category
        fields = ("category", "order", "status")
        import_id_fields = ("category",)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        languages = self.scope.edition.languages if self.scope.edition else DEFAULT_LANGUAGES
        names = text_columns_of(Category._meta.get_field("name"), languages)
        self.columns = (
            SheetColumn("category", _("Category"), _("The code of the category."), required=True),
            *names,
            SheetColumn("order", _("Order"), _("Its place; marks and colours follow it."), number=True, width=8),
            SheetColumn(
                "status", _("Status"), _("active or retired; empty means active."), choices="statuses", width=10
            ),
        )
        fields = {"category": self.fields["category"]}
        for column in names:
            fields[column.name] = Field(column.attribute, column.name, widget=TextWidget(200))
        self.fields = {**fields, "order": self.fields["order"], "status": self.fields["status"]}
        self._meta = copy(self._meta)
        self._meta.fields = self._meta.export_order = tuple(self.fields)

    def refuse(self, store: bool) -> None:
        if store:
            locked_edition_draft(self.scope.edition)

    def stored(self) -> Sequence[Category]:
        return list(self.scope.edition.categories.all())

    def make_lookups(self) -> dict[str, dict]:
        self._order = max((row.order for row in self.by_key.values()), default=0)
        return {"statuses": {str(value): value for value in Category.Status.values}}

    def choices(self) -> Choices:
        return {"statuses": choice_words(Category.Status)}

    def blank(self, row: dict[str, str]) -> Category:
        return Category(edition=self.scope.edition)

    def objections(self, row: SheetRow, instance: Category, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if changes.get("status", ["", ""])[1] == Category.Status.RETIRED and instance.pk:
            codes = instance.issues.filter(status=Issue.Status.ACTIVE).values_list("code", flat=True)
            if codes:
                params = {"code": instance.code, "codes": ", ".join(sorted(codes)[:5])}
                yield row.problem("retired_category", "status", params=params)

    def before_store(self, instance: Category, changes: dict[str, list[str]]) -> None:
        if instance.pk is None and not instance.order:
            self._order += 1
            instance.order = self._order
