"""The pages, a file for each: the rows of the table that it has, and what answers them. What they look like is in templates/."""
