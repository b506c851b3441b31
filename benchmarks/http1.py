"""As little HTTP/1.1 as two programs of a benchmark need to say to each other what they have to.

It is here because whoever makes the load and whoever takes it have to cost far less than what is measured.
"""

import re

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_END = b"\r\n\r\n"


class Messages:
    """Cuts what one side of a connection says into messages."""

    def __init__(self) -> None:
        self._left = b""

    def fed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Head and body of each message that is complete with these bytes. Raises ValueError for chunks."""
        data = self._left + data
        complete = []
        while (end := data.find(_END)) >= 0:
            head = data[:end]
            length = _LENGTH.search(head)
            if length is None and _CHUNKED.search(head):
                raise ValueError("a body in chunks")
            stop = end + len(_END) + (int(length[1]) if length else 0)
            if len(data) < stop:
                break
            complete.append((head, data[end + len(_END) : stop]))
            data = data[stop:]
        self._left = data
        return complete


def posted(path: str, host: str, headers: dict[str, str]) -> bytes:
    """The head of a POST of JSON, up to the number that its length is."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Content-Length: "]).encode()


def response(status: str, body: bytes) -> bytes:
    """An answer of JSON."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
