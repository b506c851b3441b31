"""A stand-in for OneDrive, where a bot puts a file that somebody has agreed to take."""

import re
import uuid
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Self

from aiohttp import web

from tests.acceptance.activity_rules import FILE_INFO, Refusal

Json = dict[str, Any]

PIECE = 320 * 1024  # bytes: every piece but the last has to be a multiple of this
LARGEST_PIECE = 60 * 1024 * 1024  # bytes
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass
class Upload:
    """A file on its way; `total` is its size in bytes, once the bot has said so."""

    name: str
    unique_id: str
    content_url: str
    upload_url: str
    data: bytes = b""
    total: int | None = None

    @property
    def file_type(self) -> str:
        return PurePath(self.name).suffix.removeprefix(".")

    @property
    def is_complete(self) -> bool:
        return len(self.data) == self.total

    @property
    def info(self) -> Json:
        """What the bot is told of the place for its file."""
        return {
            "contentUrl": self.content_url,
            "name": self.name,
            "uploadUrl": self.upload_url,
            "uniqueId": self.unique_id,
            "fileType": self.file_type,
        }


class Drive:
    """Takes files at addresses that need no token, and refuses a bot that shows its token there."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.uploads: dict[str, Upload] = {}
        self._refusals = refusals
        app = web.Application(client_max_size=LARGEST_PIECE + 1)
        app.router.add_put("/drive/{unique_id}", self._answer)
        self._runner = web.AppRunner(app)
        self._port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def expects(self, name: str) -> Upload:
        """Make a place for a file."""
        unique_id = str(uuid.uuid4())
        here = f"http://127.0.0.1:{self._port}"
        content_url = f"{here}/personal/ada/Documents/Applications/{name}"
        upload = Upload(name, unique_id, content_url, f"{here}/drive/{unique_id}?tempauth=v1.e30%3D")
        self.uploads[unique_id] = upload
        return upload

    def check_info(self, attachment: Json) -> None:
        """Refuse a message about a file that is not there."""
        if attachment.get("contentType") != FILE_INFO:
            return
        upload = self.uploads.get(attachment["content"]["uniqueId"])
        if upload is None or not upload.is_complete or upload.content_url != attachment["contentUrl"]:
            raise Refusal(400, "BadArgument", f"the file {attachment['name']} was never uploaded there")

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            return await self._put(request)
        except Refusal as refusal:
            self._refusals.append(refusal)
            return web.json_response(refusal.body, status=refusal.status)

    async def _put(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            raise Refusal(
                401, "Unauthorized", "the address of an upload is a secret by itself: no token here"
            )
        upload = self.uploads.get(request.match_info["unique_id"])
        if upload is None or request.query.get("tempauth") != "v1.e30=":
            raise Refusal(404, "itemNotFound", "nobody has agreed to this file")
        if request.content_length is None:
            raise Refusal(411, "LengthRequired", "Content-Length is missing")
        self._take(upload, request.headers.get("Content-Range", ""), await request.read())
        if not upload.is_complete:
            told = {"nextExpectedRanges": [f"{len(upload.data)}-"]}
            return web.json_response(told, status=202)
        return web.json_response({"id": upload.unique_id, "name": upload.name}, status=201)

    def _take(self, upload: Upload, content_range: str, data: bytes) -> None:
        found = _RANGE.fullmatch(content_range)
        if found is None:
            raise Refusal(400, "invalidRange", f"Content-Range is {content_range!r}")
        first, last, total = map(int, found.groups())
        if upload.is_complete or first != len(upload.data) or total != (upload.total or total):
            raise Refusal(416, "invalidRange", f"{content_range!r} does not go on at {len(upload.data)}")
        if last - first + 1 != len(data) or last >= total:
            raise Refusal(400, "invalidRange", f"{content_range!r} came with {len(data)} bytes")
        if last + 1 < total and len(data) % PIECE:
            raise Refusal(400, "invalidRange", f"a piece of {len(data)} bytes is no multiple of {PIECE}")
        upload.total = total
        upload.data += data
