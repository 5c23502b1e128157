"""What a valid row is. One pandera model a dataset, the rules by name; imports nothing of ours."""
