"""Training in the back office."""

from training.admin import course, session, topic

__all__ = ["course", "session", "topic"]
