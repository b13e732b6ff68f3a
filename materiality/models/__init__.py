"""The tables of library, frameworks, reviews, cycles, groups, engagement, scores, jobs, people and audit."""

from materiality.models.audit import AuditColumns, AuditedRow, AuditEvent, AuditPerson
from materiality.models.cycles import Cycle
from materiality.models.frameworks import (
    Crosswalk,
    Disclosure,
    DisclosureLink,
    Framework,
    IssueMapping,
    MappingProposal,
)
from materiality.models.indicators import FrameworkValue, Indicator
from materiality.models.jobs import Job
from materiality.models.library import Category, Edition, EditionChange, Erratum, Issue, Lineage
from materiality.models.organisation import KeyCheck, Organisation
from materiality.models.people import Factor, StaffSession, Upload, User
from materiality.models.proposals import Calendar, Proposal, Reminder
from materiality.models.review import Decision, SignOff
from materiality.models.scores import IssueScore, ReportedFigure, Run
from materiality.models.stakeholders import Attachment, Engagement, Group, OwnGroup, StakeholderPoint
from materiality.models.tables import SheetImport
