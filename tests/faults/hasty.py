"""The house's settings with a beat that has promises looked at every second, not twice a minute."""

from supportdesk.settings import *  # noqa: F403
from supportdesk.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE["pass-levels"]["schedule"] = 1
