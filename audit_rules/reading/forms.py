"""Forms, and lone inputs that a script reads: what they ask for, and whether one searches the site."""

from __future__ import annotations

from collections.abc import Sequence

from audit_rules.facts import Field, Form, Region

_MAX_FIELDS = 40
_MAX_HIDDEN = 20


class FormDraft:
    """A form while the walk is inside it."""

    __slots__ = ("action", "choices", "fields", "hidden", "method", "pressed", "region", "words")

    def __init__(self, action: str, method: str, region: Region) -> None:
        self.action = action
        self.method = method or "get"
        self.region = region
        self.words: list[str] = []
        self.fields: list[Field] = []
        self.hidden: dict[str, str] = {}
        self.pressed = False
        self.choices = False

    def input(self, kind: str, name: str, label: str, sent: str = "", value: str = "") -> None:
        """One control; ``label`` is its placeholder, accessible name or button text, ``sent`` and ``value`` what a
        browser sends of it."""
        kind = kind.lower()
        if kind in ("submit", "button", "image", "reset"):
            self.words.append(label)
        elif kind != "hidden" and len(self.fields) < _MAX_FIELDS:
            self.fields.append(Field(name[:80], kind or "text", label[:120], sent[:80]))
        # Whoever presses Enter presses the first button, and that is sent too.
        pressed = kind == "submit" and not self.pressed
        if sent and (kind == "hidden" or pressed) and len(self.hidden) < _MAX_HIDDEN:
            self.hidden[sent[:80]] = value[:300]
        self.pressed = self.pressed or kind == "submit"

    def finish(self) -> Form:
        return Form(
            self.action[:500],
            self.method.lower()[:10],
            " ".join(filter(None, self.words))[:300],
            self.region,
            tuple(self.fields),
            tuple(self.hidden.items()) if self.method.lower() == "get" else (),
            self.choices,
        )


def finish_forms(drafts: Sequence[FormDraft], loose: FormDraft) -> tuple[Form, ...]:
    """Every form that asks for something typed; the inputs outside all forms count as one more."""
    forms = [draft.finish() for draft in (*drafts, loose)]
    return tuple(form for form in forms if form.fields)
