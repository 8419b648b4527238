"""Writing: texts with a concept's experts switched on."""
