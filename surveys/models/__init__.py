"""The tables of surveys, answers in progress, responses and their imports."""

from surveys.models.response import Draft, Response, ResponseImport
from surveys.models.survey import Item, ItemText, Survey

__all__ = ["Draft", "Item", "ItemText", "Response", "ResponseImport", "Survey"]
