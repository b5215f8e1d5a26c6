"""Text: which font speaks which language, how wide a line is, and the line as coverage. Knows no show."""
