"""A bare Starlette app that answers from memory: the sandbox is held against it.

Its answers are read from files: ``one.json`` for a company, ``list.json`` for a list.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request


def bare_app(folder: Path) -> Starlette:
    """Make the app."""
    one, many = (folder / "one.json").read_bytes(), (folder / "list.json").read_bytes()

    async def company(_request: Request) -> Response:
        return Response(one, media_type="application/json")

    async def update(request: Request) -> Response:
        await request.json()
        return Response(one, media_type="application/json")

    async def companies(_request: Request) -> Response:
        return Response(many, media_type="application/json")

    return Starlette(
        routes=[
            Route("/companies/{id}", company, methods=["GET"]),
            Route("/companies/{id}", update, methods=["PUT"]),
            Route("/companies", companies, methods=["GET"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(bare_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="critical")
