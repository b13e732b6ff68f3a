"""What leaves a survey as files: responses in three formats, their codebook, counts of profile answers."""
