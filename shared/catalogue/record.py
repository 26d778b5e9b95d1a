"""What every entry of the catalogue is: frozen, and without a field that nobody knows."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A part of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")
