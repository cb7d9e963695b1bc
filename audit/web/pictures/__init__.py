"""Pictures where people would rather look than read, as inline SVG.

Every picture says in words what it shows, and has its numbers in a table beside it. Colours are classes of
``static/pictures.css`` and never the only sign of anything: every bar, tile and line has its number or a pattern.
"""
