"""When JupyterLab is ready, print its address and how to stop it, instead of the server's log.

JupyterLab loads this module as a server extension. `jupyter_server_config.json` beside it enables it, and limits the log to warnings and
errors.
"""

import logging
from typing import Any
from urllib.parse import quote

ONES_OWN = "To access the server"
"""How the server's own message about its address begins."""


def _load_jupyter_server_extension(server: Any) -> None:
    """Print the address as soon as the server answers. Jupyter Server calls this function by its name."""
    server.log.addFilter(_is_not_the_address)
    server.io_loop.add_callback(lambda: print(ready(server), flush=True))  # noqa: T201  # a command prints


def ready(server: Any) -> str:
    """Return the lines with JupyterLab's address and how to stop it."""
    first, *others = server.connect_url.splitlines()
    address = first.strip()
    if server.file_to_run:
        page, _, token = address.partition("?")
        name = quote(server.file_to_run.replace("\\", "/").rpartition("/")[2])
        address = f"{page.rstrip('/')}/tree/{name}" + (f"?{token}" if token else "")
    lines = [f"JupyterLab is ready. Open this address if no browser opens:\n\n    {address}\n"]
    lines += [line.strip() for line in others if not line.strip().startswith("http")]
    return "\n".join([*lines, "To stop it, press Ctrl-C here twice. Notebooks are saved in their tabs."])


def _is_not_the_address(record: logging.LogRecord) -> bool:
    return ONES_OWN not in str(record.msg)
