"""The demo's story, with a small history: told to its end, with everything accounted for."""

import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from seatrial.demo.history import History


def demo(folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """What the demo says of itself, and its story."""
    command = [sys.executable, "-m", "seatrial", "demo", "--json", "--fast-history", "0.05", "--data", str(folder)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_the_bad_release_is_rolled_back_although_the_port_is_taken(tmp_path: Path) -> None:
    """Within a minute of its first user hurt, by a signed webhook; another port is taken, and said."""
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        told, story = demo(tmp_path, "--listen", taken)
    assert told["rolled_back"]
    assert told["seconds_from_first_hurt"] <= 60
    assert told["balanced"]
    assert f"{taken} is taken" in story
    (folder,) = tmp_path.glob("demo-*")
    assert "shop@1.5.0" in (folder / "report-1.5.0.md").read_text()


def test_without_the_bug_nothing_is_rolled_back(tmp_path: Path) -> None:
    """The live release ends as `continue`, or honestly without enough data."""
    told, _ = demo(tmp_path, "--no-bug", "--seed", "2", "--listen", "127.0.0.1:0")
    assert not told["rolled_back"]
    assert told["verdict"] in ("continue", "insufficient_data")
    assert told["balanced"]


def test_a_replay_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The history's file, replayed into two stores."""
    file = tmp_path / "history.jsonl"
    file.write_bytes(b"".join(History(5, 1_790_000_000_000, 0.05).lines()))
    outputs = []
    for _ in range(2):
        command = [sys.executable, "-m", "seatrial", "replay", str(file), "--json"]
        outputs.append(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") > 0
