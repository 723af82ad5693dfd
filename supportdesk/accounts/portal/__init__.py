"""Pages about people: the invitation, the organisation, one's own profile."""
