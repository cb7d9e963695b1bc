"""Looks: Scrapy, the browser, politeness, the one gate to the network."""
