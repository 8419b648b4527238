"""Find, explore and steer the expert units of language models."""
