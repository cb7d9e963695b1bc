"""The rules, by topic: pure functions over facts, with their words beside them."""
