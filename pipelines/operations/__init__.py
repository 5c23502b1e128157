"""What an operator lives with: the run log, metrics, structured logs, Dagster's storage, and the doctor.

Belongs here: what is known *about* runs, and what keeps an installation healthy. Does not belong here: what a run does
(``pipelines.assets`` and the rooms behind them), or figures.
"""
