"""Training in the back office."""

from training.admin import course, need, session, topic

__all__ = ["course", "need", "session", "topic"]
