"""The names of TUF that this room uses, taken once from the place that its documentation gives.

Neither library marks them as exported there, which a type checker wants to be told for each.
"""

from __future__ import annotations

from typing import TypeAlias

import securesystemslib.signer as keys
import tuf.api.metadata as tuf
from tuf.api.metadata import Metadata
from tuf.api.serialization import DeserializationError

__all__ = [
    "DelegatedRole",
    "Delegations",
    "DeserializationError",
    "Key",
    "MetaFile",
    "Metadata",
    "Role",
    "Root",
    "SSlibKey",
    "Signature",
    "Snapshot",
    "TargetFile",
    "Targets",
    "Timestamp",
]

DelegatedRole: TypeAlias = tuf.DelegatedRole  # pyright: ignore[reportPrivateImportUsage]  documented there
Delegations: TypeAlias = tuf.Delegations  # pyright: ignore[reportPrivateImportUsage]  documented there
Key: TypeAlias = keys.Key  # pyright: ignore[reportPrivateImportUsage]  documented there
MetaFile: TypeAlias = tuf.MetaFile  # pyright: ignore[reportPrivateImportUsage]  documented there
Role: TypeAlias = tuf.Role  # pyright: ignore[reportPrivateImportUsage]  documented there
Root: TypeAlias = tuf.Root  # pyright: ignore[reportPrivateImportUsage]  documented there
SSlibKey: TypeAlias = keys.SSlibKey  # pyright: ignore[reportPrivateImportUsage]  documented there
Signature: TypeAlias = keys.Signature  # pyright: ignore[reportPrivateImportUsage]  documented there
Snapshot: TypeAlias = tuf.Snapshot  # pyright: ignore[reportPrivateImportUsage]  documented there
TargetFile: TypeAlias = tuf.TargetFile  # pyright: ignore[reportPrivateImportUsage]  documented there
Targets: TypeAlias = tuf.Targets  # pyright: ignore[reportPrivateImportUsage]  documented there
Timestamp: TypeAlias = tuf.Timestamp  # pyright: ignore[reportPrivateImportUsage]  documented there
