"""What dev.py does. Standard library only, except messages.py, which runs in the environment."""
