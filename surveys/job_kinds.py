"""The kinds of background jobs of this app; what they do is loaded when one runs."""

from materiality.jobs import add_kind

SCORE, CHECK_IMPORT, STORE_IMPORT = "score", "check_import", "store_import"
COUNT_FIELDWORK = "count_fieldwork"
add_kind(SCORE, "surveys.scoring_jobs.count_for_run", "surveys.scoring_jobs.store_run")
add_kind(CHECK_IMPORT, "surveys.import_jobs.check_file", "surveys.import_jobs.store_check")
add_kind(STORE_IMPORT, "surveys.import_jobs.read_confirmed", "surveys.import_jobs.store_rows")
add_kind(COUNT_FIELDWORK, "surveys.fieldwork_figures.count_in_background", "surveys.fieldwork_figures.store_count")
PRINT_SHEETS = "print_sheets"
add_kind(PRINT_SHEETS, "surveys.paper.printing.print_file", "surveys.paper.printing.keep_printed")
DRY_RUN, CHANGE_RULES = "dry_run", "change_rules"
add_kind(DRY_RUN, "surveys.screening_jobs.try_rules", "surveys.screening_jobs.keep_trial")
add_kind(CHANGE_RULES, "surveys.screening_jobs.wait_for_rules", "surveys.screening_jobs.store_rules")
