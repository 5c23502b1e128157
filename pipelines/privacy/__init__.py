"""Who may be known and for how long: rotation of the key, erasure, retention, and names of files without persons.

Belongs here: what changes or takes away rows that are in the lake. Does not belong here: making pseudonyms
(``pseudonyms.py``), and how the lake is laid out (``lake.py``).
"""
