"""URLs of mappings, coverage and translations, below library/."""

from django.urls import path

from materiality import mapping_words  # noqa: F401
from materiality.views import coverage, issue_mappings, mapping_proposals, translation_imports, translations

_DRAFT_ISSUE = "drafts/<slug:edition>/<int:pk>/mappings"

urlpatterns = [
    path(f"{_DRAFT_ISSUE}/", issue_mappings.issue_mappings, name="issue_mappings"),
    path(f"{_DRAFT_ISSUE}/add/", issue_mappings.add, name="map_issue"),
    path(f"{_DRAFT_ISSUE}/remove/", issue_mappings.remove, name="unmap_issue"),
    path(f"{_DRAFT_ISSUE}/decide/", mapping_proposals.decide, name="decide_mapping_proposal"),
    path("drafts/<slug:edition>/mappings/", mapping_proposals.mapping_proposals, name="mapping_proposals"),
    path("drafts/<slug:edition>/mappings/propose/", mapping_proposals.propose, name="propose_mappings"),
    path("coverage/", coverage.coverage_page, name="coverage"),
    path("coverage/export.<slug:kind>", coverage.coverage_export, name="coverage_export"),
    path("translations/", translations.translations, name="translations"),
    path("translations/save/", translations.save, name="save_translations"),
    path("translations/export.<slug:kind>", translations.translation_export, name="translation_export"),
    path("translations/import/", translation_imports.translation_import, name="translation_import"),
    path("translations/import/<str:digest>/", translation_imports.confirm_translations, name="confirm_translations"),
]
