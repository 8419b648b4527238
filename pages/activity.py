"""Activity: what is being computed, which models are in memory, what the cache holds."""

from pages.parts.activity.cache import draw_cache
from pages.parts.activity.running import draw_jobs, draw_models
from pages.shared.frame import heading

heading("Activity", "What is being computed, which models are in memory, and what the cache holds.")
draw_jobs()
draw_models()
draw_cache()
