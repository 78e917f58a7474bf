"""The pages about people: the entrance, one's own account, administrations and colleagues."""
