"""The shared cache: counters for rate limits. Losing it must cost nothing but those counters."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class ForgivingCache(RedisCache):
    """Valkey as a cache that behaves as empty while the server is away.

    A dead broker must not close the login page; rate limits fail open for that time
    (docs/decisions/0002-the-broker-only-carries-hints.md).
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError):
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except (RedisError, OSError):
            return

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().add(*args, **kwargs)
        except (RedisError, OSError):
            return True

    def count(self, key: str, *, seconds: int) -> int:
        """Add one to a counter that ends `seconds` after its last use. One round trip, where `add`
        and `incr` are three.
        """
        name = self.make_and_validate_key(key)
        line = self._cache.get_client(name, write=True).pipeline(transaction=False)
        try:
            used, _ends = line.incr(name).expire(name, seconds).execute()
        except (RedisError, OSError):
            return 1
        return used

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().delete(*args, **kwargs)
        except (RedisError, OSError):
            return False

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        try:
            return super().incr(key, delta, version)
        except (RedisError, OSError):
            return delta
