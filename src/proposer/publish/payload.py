"""The parts of GitHub's event file that are read (docs.github.com, "Webhook events and payloads", `pull_request`)."""

from pydantic import BaseModel

from proposer.publish.account import Account

__all__ = ["Payload"]


class _Foreign(BaseModel):
    """Somebody else's document: what is not asked for is left out."""


class _User(_Foreign):
    id: int = 0
    login: str = ""
    type: str = ""

    def account(self) -> Account:
        """Return the account."""
        # Only apps have `[bot]` in their names; an account of type Bot may have any.
        return Account(id=self.id, login=self.login, bot=self.type == "Bot" or self.login.endswith("[bot]"))


class _Label(_Foreign):
    name: str = ""


class _Repository(_Foreign):
    id: int = 0
    full_name: str = ""
    owner: _User = _User()


class _Side(_Foreign):
    ref: str = ""
    sha: str = ""
    repo: _Repository | None = None


class _Pull(_Foreign):
    number: int
    title: str = ""
    body: str | None = None
    state: str = "open"
    draft: bool = False
    merged: bool = False
    author_association: str = ""
    user: _User | None = None
    head: _Side
    base: _Side
    labels: list[_Label] = []


class Payload(_Foreign):
    """What happened, to which pull request, by whom."""

    action: str = ""
    pull_request: _Pull | None = None
    label: _Label | None = None
    repository: _Repository = _Repository()
    sender: _User = _User()
