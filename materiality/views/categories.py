"""Pages of the categories of a draft."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.categories import (
    add_category,
    merge_category,
    name_category,
    order_category,
    retire_category,
)
from materiality.forms.drafts import CategoryForm, MergeCategoryForm, NewCategoryForm
from materiality.models import Category, Issue
from materiality.platform.pages import onward, refusals, sent, turned_away
from materiality.platform.people import can_edit_library, needs
from materiality.views.drafts import edition_at


@needs(can_edit_library)
def categories(request: HttpRequest, edition: str) -> HttpResponse:
    """The categories in their order, and a form for another one."""
    row = edition_at(edition)
    form = NewCategoryForm(request.POST or None, instance=Category(edition=row))
    if sent(request, form):
        with refusals(form):
            added = add_category(edition=row, code=form.cleaned_data["code"], name=form.names(), by=request.user)
            said = _("“%(category)s” is added.") % {"category": added.name}
            return onward(request, said, "draft_categories", edition)
    active = Count("issues", filter=Q(issues__status=Issue.Status.ACTIVE))
    context = {"edition": row, "form": form, "rows": row.categories.annotate(active=active)}
    return render(request, "materiality/categories.html", context)


@needs(can_edit_library)
def category(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Its names, and where its issues can go."""
    row = _category(edition, code)
    merging = request.POST.get("go") == "merge"
    form = CategoryForm(None if merging else request.POST or None, instance=row)
    merge = MergeCategoryForm(request.POST if merging else None, category=row)
    if merging and sent(request, merge):
        with refusals(merge):
            done = merge_category(category=row, by=request.user, **merge.cleaned_data)
            said = _("The issues of “%(category)s” have moved.") % {"category": done.name}
            return onward(request, said, "draft_categories", edition)
    elif not merging and sent(request, form):
        with refusals(form):
            name_category(category=row, name=form.names(), by=request.user)
            return onward(request, _("Saved."), "draft_categories", edition)
    context = {"edition": row.edition, "category": row, "form": form, "merge": merge}
    return render(request, "materiality/category.html", context)


@needs(can_edit_library)
@require_POST
def place_category(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """One place up or down, or out."""
    row = _category(edition, code)
    said: list[str] = []
    with refusals(said):
        if request.POST.get("go") == "retire":
            retire_category(category=row, by=request.user)
            return onward(request, _("The category is retired."), "draft_categories", edition)
        order_category(category=row, up=request.POST.get("go") == "up", by=request.user)
        return onward(request, _("Saved."), "draft_categories", edition)
    return turned_away(request, " ".join(said), "draft_categories", edition)


def _category(edition: str, code: str) -> Category:
    return get_object_or_404(Category.objects.select_related("edition"), edition__code=edition, code=code)
