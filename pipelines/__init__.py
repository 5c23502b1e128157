"""How data moves: from the inbox to the published figures. docs/architecture.md has the map."""
