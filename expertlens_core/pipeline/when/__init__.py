"""When: how the experts arise over training, and how much they depend on the sentences that were taken."""
