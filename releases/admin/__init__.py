"""The product in the back office."""

from releases.admin import correction, package, product, wish

__all__ = ["correction", "package", "product", "wish"]
