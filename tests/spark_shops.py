"""Connects to the plain rows of a shop as Spark reads them, in a session of one time zone or another."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import doors
from reference import PlainShop

import segkit as sk
from segkit.engine.connected import ConnectedShop

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}
"""What makes a small Spark answer small questions quickly."""


def session(zone: str = "UTC") -> Any:
    """Return the one session of all tests, in a time zone."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # this file is read for examples where there is no Spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("OFF")
    found.conf.set("spark.sql.session.timeZone", zone)
    return found


@contextmanager
def connected(shop: PlainShop | sk.Dataset, zone: str = "UTC") -> Iterator[ConnectedShop]:
    """Save a shop, connect to it, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = shop if isinstance(shop, sk.Dataset) else doors.by_any(shop)
        with sk.connect(dataset.save(Path(folder, "it's [a] *sho'p%20?")), spark=session(zone)) as found:
            yield found
