"""A drawing as PNG."""

import resvg_py

from reports.documents.fonts import FAMILY, FONT_FILE

SCALE = 2.0  # sharp on paper at a page's width


def png_bytes(svg: str, scale: float = SCALE) -> bytes:
    """The SVG rendered at `scale` px per unit, with no font but the package's."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[FONT_FILE],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
