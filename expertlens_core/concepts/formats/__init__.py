"""File formats of libraries: each module reads a binary stream into a `Library` and writes one back."""
