"""How words look wherever they stand: labels, references, markup, folding. No models.

It lies beneath everything, so that a bulletin and a message are marked, numbered, drawn and
searched alike.
"""
