"""The page of a list, or the list as a file: the rows that its filters let through, in their order."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from materiality.platform.lists import Listing
from materiality.platform.pages import download
from materiality.tables.write import table_bytes


def listed(
    request: HttpRequest, template: str, context: dict, *more: Listing, status: int = 200
) -> HttpResponse | HttpResponseBase:
    """The page with `listing` of the context; a file of it, or of one of `more`, where the address asks for one."""
    for listing in (context.get("listing"), *more):
        if listing and listing.asked_file:
            contents = table_bytes(listing.asked_file, "list", listing.columns, listing.cells())
            return download(contents, f"{listing.name}.{listing.asked_file}", private=True)
    return render(request, template, context, status=status)
