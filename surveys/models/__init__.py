"""The tables of surveys, invitations, answers in progress, responses and their imports."""

from surveys.models.fieldwork import FieldworkFigures, Tally
from surveys.models.imports import ColumnMatch, ResponseImport, WithdrawnResponses
from surveys.models.invitations import Batch, Delivery, Mailing, Recipient, UnwantedMail, UsedLinks
from surveys.models.jobs import Chunk
from surveys.models.paper import PaperSheet
from surveys.models.responses import (
    AnonymousAnswer,
    AnonymousComment,
    Draft,
    Holding,
    Response,
    SealedDraft,
)
from surveys.models.surveys import Assignments, GroupPlan, Item, ItemText, Notice, ProfileQuestion, RuleSet, Survey
