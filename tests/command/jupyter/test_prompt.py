"""What `segkit lab` asks of the Jupyter server: that its settings are found, and that nothing is held back."""

import json
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from segkit.command.jupyter.prompt import PromptConnection

SETTINGS = Path(__file__).parents[3] / "segkit" / "command" / "jupyter" / "jupyter_server_config.json"


def test_the_settings_name_a_class_that_is_there():
    """What the server reads leads to the connection, which is one of the server's own kind."""
    named = json.loads(SETTINGS.read_text(encoding="utf-8"))["ServerApp"]["kernel_websocket_connection_class"]
    module, _, name = named.rpartition(".")
    assert getattr(import_module(module), name) is PromptConnection
    assert issubclass(PromptConnection, ZMQChannelsWebsocketConnection)


def test_messages_are_sent_at_once_from_the_connection_on(monkeypatch: pytest.MonkeyPatch):
    """The page's connection is told to wait for nothing before the server connects it, and the server's answer is handed on."""
    told = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: told.append("connected") or "a future")
    handler = Mock(**{"set_nodelay.side_effect": told.append})
    monkeypatch.setattr(PromptConnection, "websocket_handler", handler)
    assert PromptConnection.connect(PromptConnection.__new__(PromptConnection)) == "a future"
    assert told == [True, "connected"]
