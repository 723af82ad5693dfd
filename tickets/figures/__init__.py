"""Reports people look at: one file each, one query each; the tables and charts are drawn alike."""
