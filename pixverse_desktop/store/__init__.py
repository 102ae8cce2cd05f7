"""What is remembered: one SQLite file with jobs and facts, and the folders of clips and frames."""
