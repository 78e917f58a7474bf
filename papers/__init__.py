"""Papers: what is taken away from the portal as a PDF. Knows no bulletin and no thread.

Whoever prints says what is on the paper (`papers.content.Paper`) in plain data; `printing` draws
it in a process of its own that is gone afterwards, so that nothing of it stays in the memory of
the web process and no hostile text can do more than spoil its own paper.
"""
