"""The dashboard: pages for people who look, over a read model that the API and the static site share."""
