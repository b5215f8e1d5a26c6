"""A fetcher that has JSON pages by address, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from player.feed.fetch import AnsweredError, Response
from player.feed.item import Validators
from player.units import Seconds


class Shelf:
    """Gives the page that lies at an address; answers 404 elsewhere."""

    def __init__(self, pages: Mapping[str, Any]) -> None:
        self.pages = pages
        self.requests: list[str] = []

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """See ``Fetcher.get``."""
        del limit_bytes, deadline_s, validators, identity
        self.requests.append(url)
        if url not in self.pages:
            raise AnsweredError(f"{url}: answered 404", status=404)
        return Response(200, json.dumps(self.pages[url]).encode(), url=url)
