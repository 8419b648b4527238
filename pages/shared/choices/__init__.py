"""Choices of single pages, one module a page: declared before the link is read, whichever page it opens."""
