"""The pages about keys: coming in, one's own, and those of colleagues."""
