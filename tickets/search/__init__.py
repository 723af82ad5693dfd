"""Finding tickets: the words people type, the index they are looked up in, what is shown of it."""
