"""Activity: what is being computed, which models are in memory, what the cache holds."""

from pages.shared.activity_cache import draw_cache
from pages.shared.activity_jobs import draw_jobs
from pages.shared.activity_models import draw_models
from pages.shared.frame import heading

heading("Activity", "What is being computed, which models are in memory, and what the cache holds.")
draw_jobs()
draw_models()
draw_cache()
