"""English as it is written in Europe: 25 November 2026."""
