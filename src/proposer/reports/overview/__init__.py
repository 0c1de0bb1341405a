"""All runs of a repository as one page that needs nothing else: charts, tables, and a part for each run."""
