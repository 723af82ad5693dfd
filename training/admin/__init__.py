"""Training in the back office."""

from training.admin import topic

__all__ = ["topic"]
