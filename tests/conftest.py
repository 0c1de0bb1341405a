"""Settings of all tests: the same examples everywhere, so that a run can be repeated, and signals as in a shell."""

import os
import signal
import threading

import pytest
from hypothesis import HealthCheck, settings

from proposer.invocation import binary, sandbox

# Random examples belong to the session `fuzz`; what it finds is kept as a named case.
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell starts jobs in the background with Ctrl-C ignored, `nohup` with SIGHUP ignored, and children inherit that.
if threading.current_thread() is threading.main_thread():
    for _number, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(_number) is signal.SIG_IGN:
            signal.signal(_number, _usual)


@pytest.fixture(scope="session")
def sandbox_works(tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether Codex's sandbox starts on this machine."""
    folder = tmp_path_factory.mktemp("preflight")
    (folder / "home").mkdir()
    (folder / "codex").mkdir()
    return sandbox.probe(binary.find(), folder / "home", folder / "codex", []).works


@pytest.fixture(autouse=True)
def _needs_sandbox(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("sandbox") and not request.getfixturevalue("sandbox_works"):
        pytest.skip("left out: user namespaces are switched off here")
