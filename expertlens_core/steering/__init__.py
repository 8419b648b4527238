"""What the experts do: interventions, generation side by side, and how fluent the result is."""
