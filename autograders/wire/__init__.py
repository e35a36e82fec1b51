"""What crosses the wall: a closed list of types in bounded frames. No pickle, no eval."""

from autograders.wire.decoder import decode
from autograders.wire.encoder import encode
from autograders.wire.frames import Frame, read_frame, write_frame
from autograders.wire.limits import WireError, WireLimits
from autograders.wire.tags import Handle

__all__ = ["Frame", "Handle", "WireError", "WireLimits", "decode", "encode", "read_frame", "write_frame"]
