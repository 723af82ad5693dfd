"""The rows of the product."""

from releases.models.correction import Correction
from releases.models.doubt import Doubt
from releases.models.feed import CalendarFeed
from releases.models.gate import Gate, GateKind
from releases.models.imports import IMPORT_NEXT, Import, ImportState
from releases.models.interest import Interest
from releases.models.line import Line
from releases.models.module import DevelopmentArea, Module
from releases.models.package import NEXT, OUT, Delivery, Package, Status, WaveWaiver
from releases.models.package_file import Download, PackageFile
from releases.models.recall import Recall
from releases.models.system import Applied, Installed, System
from releases.models.validity import Contributor, Validity
from releases.models.wish import Wish, WishBacking, WishState

__all__ = [
    "IMPORT_NEXT",
    "NEXT",
    "OUT",
    "Applied",
    "CalendarFeed",
    "Contributor",
    "Correction",
    "Delivery",
    "DevelopmentArea",
    "Doubt",
    "Download",
    "Gate",
    "GateKind",
    "Import",
    "ImportState",
    "Installed",
    "Interest",
    "Line",
    "Module",
    "Package",
    "PackageFile",
    "Recall",
    "Status",
    "System",
    "Validity",
    "WaveWaiver",
    "Wish",
    "WishBacking",
    "WishState",
]
