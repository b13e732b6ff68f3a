"""The tables of surveys, invitations, answers in progress, responses and their imports."""

from surveys.models.fieldwork import FieldworkFigures, Tally
from surveys.models.invitation import Batch, Delivery, Mailing, Recipient, UnwantedMail, UsedLinks
from surveys.models.matching import ColumnMatch
from surveys.models.paper import PaperSheet
from surveys.models.questionnaire import Assignments, GroupPlan, Notice, ProfileQuestion, RuleSet
from surveys.models.response import AnonymousAnswer, AnonymousComment, Draft, ReadyDraft, Response, ResponseImport
from surveys.models.survey import Item, ItemText, Survey

__all__ = [
    "AnonymousAnswer",
    "AnonymousComment",
    "Assignments",
    "Batch",
    "ColumnMatch",
    "Delivery",
    "Draft",
    "FieldworkFigures",
    "GroupPlan",
    "Item",
    "ItemText",
    "Mailing",
    "Notice",
    "PaperSheet",
    "ProfileQuestion",
    "ReadyDraft",
    "Recipient",
    "Response",
    "ResponseImport",
    "RuleSet",
    "Survey",
    "Tally",
    "UnwantedMail",
    "UsedLinks",
]
