"""What people do in discussions: open a thread, write in it, change who is in it, keep track."""
