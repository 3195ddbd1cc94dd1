"""The anticipated "no": what a verb raises when it understands the wish and may not fulfil it."""


class Refused(Exception):
    """An anticipated "no", with a sentence for the user that names the field and the remedy.

    Subclassed beside the verb that raises it. `message` may be a lazy translation: it becomes text only when it is
    shown, in the language of whom it is shown to. `code` is for programs (the API, tests), `field` names the input
    that has to change, where there is one.
    """

    code: str = "refused"
    field: str | None = None

    def __init__(self, message: object, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if field is not None:
            self.field = field

    def __str__(self) -> str:
        """Return the sentence in the language that is active now."""
        return str(self.message)
