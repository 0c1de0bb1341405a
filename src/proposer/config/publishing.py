"""The table `publish` of proposer.toml: what CI may do by itself, and what asks it to."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Automation", "Publish"]

Automation = Literal["analyse", "comment", "propose", "branch"]
"""What CI may do, least first: reports as artifacts, + a comment, + a draft pull request when asked, + by itself."""

_Count = Annotated[int, Field(ge=0, strict=True)]
_Account = Annotated[int, Field(ge=0, strict=True)]
_Label = Annotated[str, Field(min_length=1, max_length=50)]
_Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]


class Publish(BaseModel):
    """What CI may publish, and what asks it to run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automation: Literal["", Automation] = Field(
        "", description="What CI may do by itself; empty: the answer in .proposer-template.json, else `comment`."
    )
    label: _Label = Field("codex", description="Label that asks for a run, also on a draft.")
    fix_label: _Label = Field("codex-fix", description="Label that asks for a fix as a draft pull request.")
    opt_out: _Label = Field("no-codex", description="Label of pull requests that are left alone.")
    bots: tuple[_Account, ...] = Field(
        (), description="Account ids of bots whose pull requests are looked at too; names prove nothing."
    )
    author: _Account = Field(
        0, description="Account id that the comments are posted as; 0: the forge is asked whose the token is."
    )
    inline: bool = Field(default=False, description="Comment at the lines too, where they are part of the diff.")
    open_pulls: _Count = Field(3, description="Pull requests from proposals that may be open at the same time.")
    attempts: _Count = Field(3, description="Fixes that are proposed for one branch; then a person must look.")
    hosts: tuple[_Host, ...] = Field((), description="More hosts that published links may lead to.")
