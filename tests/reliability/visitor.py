"""A browser tab without the browser: it speaks Streamlit's own protocol over a real websocket.

It does what Streamlit's page does: it asks for the script once, lets each live part refresh itself by a timer, and says
which large messages it has kept.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol


@dataclass
class Timer:
    """What lets a live part refresh itself."""

    every: float  # seconds
    due: float


class Visitor:
    """One tab on a page of the dashboard, for the length of a block."""

    def __init__(self, address: str, path: str = "/") -> None:
        self.refreshes: list[float] = []  # seconds from a timer's tick to the last message of its answer
        self.errors: list[str] = []
        self.groups: list[str] = []  # of pages, in the bar at the top
        self._address = address
        self._page, _, self._query = path.removeprefix("/").partition("?")
        self._script = ""  # the page's hash, once the server has said it
        self._is_drawn = False
        self._kept: set[str] = set()  # hashes of large messages
        self._buttons: dict[str, tuple[str, str]] = {}  # widget and fragment, by label
        self._timers: dict[str, Timer] = {}  # by fragment
        self._asked: float | None = None  # the first tick that is not answered yet
        self._hear_of = {
            "new_session": self._hear_of_beginning,
            "navigation": self._hear_of_page,
            "page_info_changed": self._hear_of_address,
            "auto_rerun": self._hear_of_timer,
            "stop_auto_rerun": self._hear_of_timers_end,
            "delta": self._hear_of_element,
            "script_finished": self._hear_of_end,
        }

    async def __aenter__(self) -> Self:
        stream = self._address.replace("http", "ws") + "/_stcore/stream"
        protocols = [Subprotocol("streamlit")]
        self._socket = await connect(stream, origin=Origin(self._address), subprotocols=protocols, max_size=None)
        await self._ask()
        while not self._is_drawn:
            await self._hear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    @property
    def is_live(self) -> bool:
        """Whether the page refreshes itself."""
        return bool(self._timers)

    async def stay(self, seconds: float) -> None:
        """Look at the page, which refreshes itself."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self._refresh()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._next_tick(end)):
                    await self._hear()

    async def doze(self, seconds: float) -> None:
        """Keep asking for refreshes, and read none of them."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self._refresh()
            await asyncio.sleep(self._next_tick(end) - time.monotonic())

    async def press(self, label: str) -> None:
        """Press a button of the page."""
        widget, fragment = self._buttons[label]
        await self._ask(fragment, widget)

    def _next_tick(self, end: float) -> float:
        return min([end, *(timer.due for timer in self._timers.values())])

    async def _refresh(self) -> None:
        """Ask for the parts whose timers have ticked."""
        now = time.monotonic()
        for fragment, timer in self._timers.items():
            if timer.due <= now:
                timer.due += timer.every
                self._asked = self._asked or now
                await self._ask(fragment)

    async def _ask(self, fragment: str = "", pressed: str = "") -> None:
        """Have the script run, or one of its fragments."""
        presses = [WidgetState(id=pressed, trigger_value=True)] if pressed else []
        client = ClientState(
            query_string=self._query,
            page_name="" if self._script else self._page,
            page_script_hash=self._script,
            fragment_id=fragment,
            is_auto_rerun=bool(fragment) and not pressed,
            widget_states=WidgetStates(widgets=presses),
            cached_message_hashes=self._kept,
        )
        await self._socket.send(BackMsg(rerun_script=client).SerializeToString())

    async def _hear(self) -> None:
        data = await self._socket.recv()
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        if message.metadata.cacheable:
            self._kept.add(message.hash)
        kind = message.WhichOneof("type")
        if kind in self._hear_of:
            self._hear_of[kind](message)

    def _hear_of_beginning(self, message: ForwardMsg) -> None:
        if not message.metadata.run.fragment_ids:
            self._timers.clear()

    def _hear_of_page(self, message: ForwardMsg) -> None:
        self._script = message.navigation.page_script_hash
        self.groups = list(message.navigation.sections)

    def _hear_of_address(self, message: ForwardMsg) -> None:
        self._query = message.page_info_changed.query_string

    def _hear_of_timer(self, message: ForwardMsg) -> None:
        fragment, every = message.auto_rerun.fragment_id, message.auto_rerun.interval
        if fragment not in self._timers or self._timers[fragment].every != every:
            self._timers[fragment] = Timer(every, time.monotonic() + every)

    def _hear_of_timers_end(self, message: ForwardMsg) -> None:
        for fragment in message.stop_auto_rerun.fragment_ids:
            self._timers.pop(fragment, None)

    def _hear_of_element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.HasField("exception"):
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        if element.HasField("button"):
            self._buttons[element.button.label] = element.button.id, message.delta.fragment_id

    def _hear_of_end(self, message: ForwardMsg) -> None:
        """One that ends early goes on in another run of the script."""
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.errors.append("The script does not compile.")
        self._is_drawn = True
        if self._asked:
            self.refreshes.append(time.monotonic() - self._asked)
            self._asked = None
