"""The kinds of spreadsheets that can be imported and exported."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from materiality.resources.base import StrictResource
from materiality.resources.catalogues import CatalogueResource
from materiality.resources.groups import GroupResource
from materiality.resources.issues import IssueResource
from materiality.resources.mappings import MappingResource
from materiality.resources.stakeholders import StakeholderResource


@dataclass(frozen=True)
class Kind:
    """`into`: "edition" (a draft), "cycle" or "" (the installation)."""

    resource: type[StrictResource]
    title: str | Promise
    about: str | Promise
    into: str

    @property
    def name(self) -> str:
        return self.resource.sheet


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            IssueResource,
            _("Issues"),
            _("Names, definitions, mappings and groups of the issues; a row per issue, primary ones too."),
            "edition",
        ),
        Kind(
            MappingResource,
            _("Mappings"),
            _("Single mappings of issues to disclosures of any catalogue; each row adds one, none is taken away."),
            "edition",
        ),
        Kind(
            CatalogueResource,
            _("Catalogues"),
            _("Disclosures, goals or topics of frameworks of your own, or of editions that Yiti does not bring."),
            "",
        ),
        Kind(GroupResource, _("Groups"), _("Stakeholder groups with definitions, weights and targets."), "cycle"),
        Kind(
            StakeholderResource,
            _("Stakeholder lists"),
            _("Expectations, channels and responses of the groups, in both languages."),
            "cycle",
        ),
    )
}
