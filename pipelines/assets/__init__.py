"""Dagster assets, thin: read, call the library code, write, report. Assets never import each other."""
