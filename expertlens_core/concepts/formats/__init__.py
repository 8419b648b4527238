"""File formats of libraries: each module reads text into records of concepts, and writes a library back."""
