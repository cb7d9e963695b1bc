"""The spiders of the project: there is one, the visit to a portal."""
