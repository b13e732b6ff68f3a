"""The one font of all PNG and PDF files: that of the package, so that their bytes are the same on every machine."""

import noto_cjk_sans_otc

FONT_FILE = str(noto_cjk_sans_otc.FONT_PATH)
FAMILY = "Noto Sans CJK SC"
