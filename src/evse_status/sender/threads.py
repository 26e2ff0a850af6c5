"""How does something that waits run beside the sender's loop?"""

import asyncio
import contextlib
import threading
from collections.abc import Callable


async def in_a_thread_of_its_own(work: Callable[[], object]) -> None:
    """Unlike one of a pool it holds up no end."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, daemon=True).start()
    await done.wait()
    if failed:
        raise failed[0]
