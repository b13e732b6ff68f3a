"""URLs of editions, drafts, errata and comparisons, below library/."""

from django.urls import path

from materiality.views import compare, draft_identity, draft_issues, drafts, editions, errata

_DRAFT_ISSUE = "drafts/<slug:edition>/<int:pk>"

urlpatterns = [
    path("editions/", editions.editions, name="editions"),
    path("editions/start/", editions.start, name="start_draft"),
    path("editions/<slug:edition>/publish/", editions.publish, name="publish_edition"),
    path("editions/<slug:edition>/discard/", editions.discard, name="discard_draft"),
    path("drafts/<slug:edition>/", drafts.draft, name="draft"),
    path("drafts/<slug:edition>/undo/", drafts.undo, name="draft_undo"),
    path("drafts/<slug:edition>/add/", draft_issues.add, name="draft_add"),
    path(f"{_DRAFT_ISSUE}/change/", draft_issues.change, name="draft_change"),
    path(f"{_DRAFT_ISSUE}/retire/", draft_issues.retire, name="draft_retire"),
    path(f"{_DRAFT_ISSUE}/move/", draft_identity.move, name="draft_move"),
    path(f"{_DRAFT_ISSUE}/merge/", draft_identity.merge, name="draft_merge"),
    path(f"{_DRAFT_ISSUE}/split/", draft_identity.split, name="draft_split"),
    path(f"{_DRAFT_ISSUE}/reorder/", drafts.reorder, name="draft_reorder"),
    path("errata/<slug:edition>/<str:code>/", errata.errata, name="errata"),
    path("compare/", compare.compare, name="compare"),
    path("compare/export.<slug:kind>", compare.compare_export, name="compare_export"),
]
