"""The tables of library, frameworks, reviews, cycles, groups, engagement, scores, jobs, people and audit."""

from materiality.models.audit import AuditColumns, AuditedRow, AuditEvent, AuditPerson
from materiality.models.cycle import Cycle
from materiality.models.engagement import Attachment, Engagement, StakeholderPoint
from materiality.models.frameworks import (
    Crosswalk,
    Disclosure,
    DisclosureLink,
    Framework,
    IssueMapping,
    MappingProposal,
)
from materiality.models.job import Job
from materiality.models.library import Category, Edition, Issue
from materiality.models.library_review import Calendar, Proposal, Reminder
from materiality.models.lineage import EditionChange, Erratum, Lineage
from materiality.models.person import User
from materiality.models.score import IssueScore, Run
from materiality.models.sheet_import import SheetImport
from materiality.models.stakeholders import Group

__all__ = [
    "Attachment",
    "AuditColumns",
    "AuditEvent",
    "AuditedRow",
    "AuditPerson",
    "Calendar",
    "Category",
    "Crosswalk",
    "Cycle",
    "Disclosure",
    "DisclosureLink",
    "Edition",
    "EditionChange",
    "Engagement",
    "Erratum",
    "Framework",
    "Group",
    "Issue",
    "IssueMapping",
    "IssueScore",
    "Job",
    "Lineage",
    "MappingProposal",
    "Proposal",
    "Reminder",
    "Run",
    "SheetImport",
    "StakeholderPoint",
    "User",
]
