"""Lines out of a pipe, whatever blocks they come in."""

import os

from hypothesis import given
from hypothesis import strategies as st

from proposer.pipe import Pipe


@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"\n", b"\n\n", b"\r\n", b"a" * 5000]), max_size=30))
def test_the_lines_are_those_of_all_bytes_together(blocks: list[bytes]) -> None:
    reader, writer = os.pipe()
    heard: list[bytes] = []
    try:
        pipe = Pipe(reader, heard.append)
        for block in blocks:
            os.write(writer, block)
            if block:
                assert pipe.step(10)
        pipe.drain()
    finally:
        os.close(reader)
        os.close(writer)
    wanted = b"".join(blocks).split(b"\n")
    assert heard == (wanted if wanted[-1] else wanted[:-1])
    assert pipe.total == sum(map(len, blocks))


def test_nothing_is_waited_for_after_the_writer_has_ended() -> None:
    """The writing end stays open, as a descendant keeps it; whoever read on would wait for ever."""
    reader, writer = os.pipe()
    heard: list[bytes] = []
    pipe = Pipe(reader, heard.append)
    os.write(writer, b"half a line")
    pipe.drain()
    assert (heard, pipe.closed) == ([b"half a line"], False)
    os.close(writer)
    assert not pipe.step(10)
    assert pipe.closed
    os.close(reader)
