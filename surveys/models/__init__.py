"""The tables of surveys, answers in progress, responses and their imports."""

from surveys.models.response import AnonymousComment, Draft, Response, ResponseImport
from surveys.models.survey import Item, ItemText, Survey

__all__ = ["AnonymousComment", "Draft", "Item", "ItemText", "Response", "ResponseImport", "Survey"]
