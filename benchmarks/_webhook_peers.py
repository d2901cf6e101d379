"""Applications that do less than Handla, to see what its rate is made of."""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy import Column, MetaData, String, Table, insert

from assistant.surfaces.v1 import TurnBody
from commerce.store import in_transaction, open_engine

DATABASE = "HANDLA_BENCHMARK_DATABASE"
echo = FastAPI()
"""Sends a body back, unread."""


@echo.post("/v1/turns")
async def send_back(request: Request) -> Response:
    return Response(await request.body(), media_type="application/json")


@echo.get("/ready")
async def ready() -> dict[str, str]:
    return {}


def one_row() -> FastAPI:
    """Reads a turn and keeps it as one row of the database that the environment names, each in its own transaction."""
    app, engine, metadata = FastAPI(), open_engine(os.environ[DATABASE]), MetaData()
    kept = Table(
        "benchmark_rows", metadata, Column("turn_id", String(80), primary_key=True), Column("text", String(1000))
    )
    metadata.create_all(engine)
    keep = insert(kept)

    @app.post("/v1/turns")
    def turns(body: TurnBody) -> dict[str, Any]:
        in_transaction(
            engine, lambda connection: connection.execute(keep, {"turn_id": body.turn_id, "text": body.text})
        )
        return {"turn_id": body.turn_id, "text": body.text}

    app.add_api_route("/ready", ready)
    return app
