"""The one font of all PNG and PDF files: that of the package, so that their bytes are the same on every machine."""

from materiality.typesetting import FAMILY, FONT_FILE

__all__ = ["FAMILY", "FONT_FILE"]
