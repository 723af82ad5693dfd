"""How fast the desk is, held against the fastest way to the same rows on the same server."""
