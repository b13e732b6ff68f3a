"""The tables of library, frameworks, cycles, groups, scores, jobs, people and audit."""

from materiality.models.audit import AuditEvent, AuditPerson
from materiality.models.cycle import Cycle
from materiality.models.frameworks import Crosswalk, Disclosure, DisclosureLink, Framework, IssueMapping
from materiality.models.job import Job
from materiality.models.library import Category, Edition, Issue
from materiality.models.person import User
from materiality.models.score import IssueScore, Run
from materiality.models.stakeholders import Group

__all__ = [
    "AuditEvent",
    "AuditPerson",
    "Category",
    "Crosswalk",
    "Cycle",
    "Disclosure",
    "DisclosureLink",
    "Edition",
    "Framework",
    "Group",
    "Issue",
    "IssueMapping",
    "IssueScore",
    "Job",
    "Run",
    "User",
]
