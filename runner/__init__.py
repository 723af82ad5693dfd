"""Sets up and runs the house on a bare machine. Standard library only: nothing is installed yet."""
