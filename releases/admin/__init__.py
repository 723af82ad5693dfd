"""The product in the back office."""

from releases.admin import correction, imports, package, product, wish

__all__ = ["correction", "imports", "package", "product", "wish"]
