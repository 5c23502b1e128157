"""The demo: synthetic deliveries of two regions, seeded, written as real files and read by the ordinary pipeline.

``write_demo(home)`` puts them into a home folder. ``demo.messages`` writes single messages, for tests too.
``demo.evaluation`` compares the warehouse with both published evaluations, ``demo.evaluation_text`` prints it.
"""

from demo.writing import DemoSummary, OwnFilesPresentError, write_demo

__all__ = ["DemoSummary", "OwnFilesPresentError", "write_demo"]
