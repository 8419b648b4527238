"""Who writes sentences for a concept, how they are asked, and which of their lines are taken."""
