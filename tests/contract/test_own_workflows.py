"""This repository's own CI keeps the contract that it checks in generated ones."""

from pathlib import Path

import yaml

from proposer.upkeep.workflows import faults

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"


def test_own_workflows_keep_the_contract() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"ci.yml", "release.yml"}
    assert faults(FOLDER) == []


def test_no_own_job_has_a_stored_secret() -> None:
    for path in FOLDER.iterdir():
        assert "secrets." not in path.read_text(encoding="utf-8"), path.name


def test_what_is_published_was_built_by_the_job_before_and_nothing_else_may_write() -> None:
    jobs = {
        f"{path.stem}.{name}": job
        for path in FOLDER.iterdir()
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
    }
    writing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert writing == {"release.publish"}
    assert jobs["release.publish"]["needs"] == ["build"]
    assert not any("checkout" in step.get("uses", "") for step in jobs["release.publish"]["steps"])
