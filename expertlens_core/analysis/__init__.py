"""What it means: similarity of concepts, domains, human judgments, and their agreement."""
