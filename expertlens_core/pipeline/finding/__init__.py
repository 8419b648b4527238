"""Find: which units are experts, from a request to files."""
