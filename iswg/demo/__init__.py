"""The demonstration: an invented working group, played through the portal's own services.

Nothing outside this package knows that there is a demonstration, except the flag of the
installation (`iswg/installation.py`). People are invited and accept, keys are vouched for,
bulletins are drafted, published, opened and acknowledged by the same functions that pages call,
in the order of the story and at its times (`clock.py`); so the journal, the key directory and
every seal verify as they do anywhere else.

The facts stand in `data/`, `texts/` and `pictures/`. Companies carry "(Demo)", identifiers lie in
ranges that are not given out, and nobody in it exists.
"""
