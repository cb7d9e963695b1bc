"""The JSON API under /api/v1: what the pages show, for programs. Read-only, paged, with ETags and an OpenAPI
document that is made from the same table as the routes."""
