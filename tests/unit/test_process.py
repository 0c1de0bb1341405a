"""Processes under limits: what they wrote last is heard, what they left behind is ended, whoever keeps pipes open."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from proposer import process
from proposer.ceilings import Ceilings
from proposer.errors import UsageError

ENV = {"PATH": os.defpath}
AMPLE = Ceilings(wall_seconds=120, idle_seconds=120)


def supervised(
    folder: Path,
    code: str,
    *,
    ceilings: Ceilings = AMPLE,
    on_line: Callable[[bytes], None] = lambda _: None,
    last_activity: Callable[[], float] = lambda: 0.0,
    must_stop: Callable[[], str] = lambda: "",
) -> process.Ended:
    """Run Python code under supervision."""
    (folder / "stdin").write_text("given", encoding="ascii")
    return process.supervise(
        [sys.executable, "-c", code], env=ENV, cwd=folder, stdin=folder / "stdin", stderr=folder / "stderr",
        mark=folder.name, ceilings=ceilings, on_line=on_line, last_activity=last_activity, must_stop=must_stop,
    )  # fmt: skip


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, seconds: float = 60) -> bool:
    """Wait until a process has ended; the time only bounds a failure."""
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.parametrize(
    ("argv", "cwd", "words"),
    [
        pytest.param(["/nonexistent/program"], None, "was not found", id="no-such-program"),
        pytest.param(["/etc/passwd"], None, "cannot be started", id="not-a-program"),
        pytest.param(["true"], Path("/dev/null/nowhere"), "is not a folder", id="no-such-folder"),
        pytest.param(["sleep", "60"], None, "did not end", id="too-slow"),
    ],
)
def test_a_command_that_cannot_run_says_why(argv: list[str], cwd: Path | None, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        process.run(argv, env=ENV, cwd=cwd, timeout=1)
    assert caught.value.hint


def test_a_command_gets_its_input_and_nothing_of_the_callers_environment() -> None:
    code = "import os, sys; print(sys.stdin.read(), sorted(set(os.environ) - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))"
    done = process.run([sys.executable, "-c", code], env={"ONLY": "this"}, stdin=b"in")
    assert done.stdout.decode().strip() == "in ['ONLY']"


def test_every_line_is_heard_also_the_last_one_that_no_newline_ends(tmp_path: Path) -> None:
    heard: list[bytes] = []
    ended = supervised(tmp_path, "print('x' * 70000); print('two'); print('three', end='')", on_line=heard.append)
    assert heard == [b"x" * 70000, b"two", b"three"]
    assert (ended.returncode, ended.stopped, ended.strays) == (0, "", 0)


@pytest.mark.linux
def test_the_end_is_seen_although_a_descendant_keeps_the_pipe_open(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; p = subprocess.Popen(['sleep', '600'], start_new_session=True);"
        "print(p.pid); print('the last words', end='', flush=True)"
    )
    heard: list[bytes] = []
    ended = supervised(tmp_path, code, on_line=heard.append)
    assert heard[1:] == [b"the last words"]
    assert (ended.stopped, ended.strays) == ("", 1)
    assert gone(int(heard[0]))


def test_activity_elsewhere_counts_after_the_stream_was_closed(tmp_path: Path) -> None:
    """The idle limit is shorter than the child's silence; only the activity keeps it alive."""
    code = "import os, time; os.close(1); time.sleep(2.5)"
    ended = supervised(
        tmp_path, code, ceilings=Ceilings(wall_seconds=120, idle_seconds=0.5), last_activity=time.monotonic
    )
    assert (ended.stopped, ended.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("code", "ceilings", "words"),
    [
        pytest.param("import time; time.sleep(600)", Ceilings(wall_seconds=1, idle_seconds=60), "deadline", id="wall"),
        pytest.param(
            "import time; time.sleep(600)", Ceilings(wall_seconds=60, idle_seconds=1), "sign of life", id="mute"
        ),
        pytest.param(
            "import os, time; os.close(1); time.sleep(600)", Ceilings(wall_seconds=60, idle_seconds=1), "sign of life",
            id="mute-and-closed",
        ),
        pytest.param(
            "while True: print('x' * 100)", Ceilings(wall_seconds=60, idle_seconds=60, output_bytes=10_000),
            "10000 bytes", id="floods-lines",
        ),
        pytest.param(
            "import sys\nwhile True: sys.stdout.write('x' * 65536)", AMPLE, "a line of more than", id="floods-one-line"
        ),
    ],
)  # fmt: skip
def test_a_limit_ends_the_process_and_is_named(tmp_path: Path, code: str, ceilings: Ceilings, words: str) -> None:
    ended = supervised(tmp_path, code, ceilings=ceilings)
    assert words in ended.stopped
    assert ended.returncode != 0


def test_a_reason_from_outside_ends_the_process(tmp_path: Path) -> None:
    heard: list[bytes] = []
    ended = supervised(
        tmp_path, "import time; print('up', flush=True); time.sleep(600)", on_line=heard.append,
        must_stop=lambda: "enough" if heard else "",
    )  # fmt: skip
    assert ended.stopped == "enough"


@pytest.mark.linux
def test_a_process_that_ignores_signals_is_killed_with_all_its_descendants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 30.0))
    monkeypatch.setattr(process, "_LADDER", ladder)
    code = (
        "import os, signal, subprocess, time\n"
        "for n in (signal.SIGINT, signal.SIGTERM): signal.signal(n, signal.SIG_IGN)\n"
        "p = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(os.getpid(), p.pid, flush=True); time.sleep(600)"
    )
    heard: list[bytes] = []
    ended = supervised(tmp_path, code, on_line=heard.append, must_stop=lambda: "enough" if heard else "")
    assert ended.returncode == -signal.SIGKILL
    assert all(gone(int(pid)) for pid in heard[0].split())


@pytest.mark.linux
def test_an_interrupt_is_passed_on_after_everything_was_ended(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def interrupt(line: bytes) -> None:
        heard.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supervised(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(600)", on_line=interrupt)
    assert gone(int(heard[0]))


@pytest.mark.linux
def test_a_file_that_grows_too_large_is_cut_off(tmp_path: Path) -> None:
    code = (
        "import resource, subprocess, time\n"
        "while resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000000: time.sleep(0.02)\n"
        "subprocess.run(['sh', '-c', 'head -c 3000000 /dev/zero > big'], stderr=subprocess.DEVNULL)"
    )
    supervised(tmp_path, code, ceilings=Ceilings(wall_seconds=120, idle_seconds=120, file_bytes=1_000_000))
    assert (tmp_path / "big").stat().st_size == 1_000_000


def test_a_program_that_cannot_be_started_leaves_the_watch_in_order(tmp_path: Path) -> None:
    (tmp_path / "stdin").touch()
    with pytest.raises(UsageError, match="cannot be started"):
        process.supervise(
            ["true"], env=ENV, cwd=tmp_path / "missing", stdin=tmp_path / "stdin", stderr=tmp_path / "stderr",
            mark="m", ceilings=AMPLE, on_line=lambda _: None, last_activity=lambda: 0.0, must_stop=lambda: "",
        )  # fmt: skip


@pytest.mark.linux
def test_a_daemon_gets_its_secret_on_standard_input_and_ends_with_the_block(tmp_path: Path) -> None:
    secret = bytearray(b"hush\n")
    got = tmp_path / "got"
    code = (
        "import sys, time; from pathlib import Path\n"
        f"path = Path({str(got)!r}); path.with_suffix('.part').write_text(sys.stdin.readline())\n"
        "path.with_suffix('.part').rename(path); time.sleep(600)"
    )
    with process.daemon([sys.executable, "-c", code], env=ENV, secret=secret, stderr=tmp_path / "log") as child:
        assert secret == bytearray(5)
        deadline = time.monotonic() + 60
        while not got.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert b"hush" not in Path(f"/proc/{child.pid}/environ").read_bytes()
        assert b"hush" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    assert got.read_text(encoding="ascii") == "hush\n"
    assert gone(child.pid)


@pytest.mark.linux
def test_a_daemon_dies_with_a_parent_that_was_killed_where_setpriv_can_tie_it(tmp_path: Path) -> None:
    assert bool(process._leash()) == bool(shutil.which("setpriv", path=os.defpath))  # noqa: SLF001 - what is shown
    if not process._leash():  # noqa: SLF001
        return
    code = (
        "import sys, time; from pathlib import Path; from proposer import process\n"
        f"with process.daemon(['sleep', '600'], env={{'PATH': {os.defpath!r}}}, secret=bytearray(b'x'),"
        f" stderr=Path({str(tmp_path / 'log')!r})) as child:\n"
        "    tied = lambda: Path(f'/proc/{child.pid}/cmdline').read_bytes().startswith(b'sleep')\n"
        "    while not tied(): time.sleep(0.02)\n"
        "    print(child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    assert gone(pid)
