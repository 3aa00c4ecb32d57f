"""Disable Nagle's algorithm on the websocket between a kernel and its page, so that widgets respond faster."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or not os.environ.get("JUPYTER_GATEWAY_URL"):
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection as _Connection
else:
    from jupyter_server.gateway.connections import GatewayWebSocketConnection as _Connection


class PromptConnection(_Connection):
    """A kernel's connection to its page that sends every message at once.

    Jupyter Server leaves Nagle's algorithm on, so a message waits until the previous one is acknowledged, which can take up to
    40 ms. A slider that the kernel answers would visibly lag behind the pointer.
    """

    def connect(self) -> Any:
        """Connect as the server does, and turn on `TCP_NODELAY`."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
