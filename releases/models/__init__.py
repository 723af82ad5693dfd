"""The rows of the product."""

from releases.models.correction import Correction
from releases.models.line import Line
from releases.models.module import Module
from releases.models.system import System

__all__ = ["Correction", "Line", "Module", "System"]
