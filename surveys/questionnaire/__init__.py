"""Pure rules of the questionnaire: rating vectors and screening. No Django."""
