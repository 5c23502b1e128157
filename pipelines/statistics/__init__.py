"""What the figures can and cannot tell: comparisons, rates and follow-up, with their uncertainty.

Belongs here: statistics on small frames that the models hand over, and the sentences that say what came out. Does not
belong here: which trajectories, practices and dossiers are counted (``dbt_project/``), and any figure of a person.
The libraries that estimate are imported inside the functions that call them: importing them costs seconds.
"""
