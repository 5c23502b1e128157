"""The demo: synthetic deliveries of a region, seeded, written as real message files and read by the ordinary pipeline.

``write_demo(home)`` puts them into a home folder. ``demo.messages`` writes single messages, for tests too.
``demo.evaluation`` compares the warehouse with the published evaluation of Stramproy.
"""

from demo.writing import DemoSummary, OwnFilesPresentError, write_demo

__all__ = ["DemoSummary", "OwnFilesPresentError", "write_demo"]
