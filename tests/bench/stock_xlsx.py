"""The same responses written by XlsxWriter with constant_memory: what an export would be without a writer of our own.

Run as a process: `python -m tests.bench.stock_xlsx SURVEY FILE`.
"""

import os
import sys

import django


def main(code: str, path: str) -> None:
    """Write the survey's responses: texts as texts, ratings as numbers, from the same rows."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
    django.setup()
    import xlsxwriter

    from surveys.exports.exporting import _rows, header_of
    from surveys.exports.selection import Selection
    from surveys.models import Survey
    from surveys.questionnaire.ratings import CELL_TEXT

    survey = Survey.objects.get(code=code)
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("responses")
    sheet.write_row(0, 0, header_of(survey))
    cells = [int(text) if (text or "").isdigit() else text for text in CELL_TEXT]
    for number, (fields, ratings, _more) in enumerate(_rows(Selection(survey), []), start=1):
        sheet.write_row(number, 0, [*fields, *(cells[code] for code in ratings)])
    book.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
