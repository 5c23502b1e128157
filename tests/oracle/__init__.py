"""The definitions of section 5 a second time: plain Python from the words of the contract, to check the marts against.

Slow and literal on purpose. Nothing here may import from the pipelines or read the SQL: two implementations that
agree are worth something only when neither was copied from the other.
"""
