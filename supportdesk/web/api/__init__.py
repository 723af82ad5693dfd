"""What every API door stands on. No imports here: REST framework's settings name these modules."""
