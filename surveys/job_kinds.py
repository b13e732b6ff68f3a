"""The kinds of background jobs of this app; what they do is in jobs.py, loaded when one runs."""

from materiality.jobs import add_kind

SCORE, CHECK_IMPORT, STORE_IMPORT = "score", "check_import", "store_import"
add_kind(SCORE, "surveys.jobs.count_for_run", "surveys.jobs.store_run")
add_kind(CHECK_IMPORT, "surveys.jobs.check_file", "surveys.jobs.store_check")
add_kind(STORE_IMPORT, "surveys.jobs.read_confirmed", "surveys.jobs.store_rows")
