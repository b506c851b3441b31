"""A stand-in for Teams' connector that costs next to nothing: it takes all that is sent and counts it.

It is started by `turn.py`: `python -m benchmarks.light_connector`, with its port as PORT.
"""

import asyncio
import itertools
import os
from collections import Counter

import orjson

from benchmarks.http1 import Messages, response

_taken: Counter[str] = Counter()
_ids = itertools.count(1_763_900_000_000)


class _Taking(asyncio.Protocol):
    def __init__(self) -> None:
        self._messages = Messages()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for head, _ in self._messages.fed(data):
            method = head.partition(b" ")[0].decode()
            if method == "GET":
                self._transport.write(response("200 OK", orjson.dumps(_taken)))
                continue
            _taken[method] += 1
            self._transport.write(response("201 Created", b'{"id":"%d"}' % next(_ids)))
            if b"connection: close" in head.lower():
                self._transport.close()


async def main() -> None:
    """Listen until the process is ended."""
    server = await asyncio.get_running_loop().create_server(_Taking, "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
