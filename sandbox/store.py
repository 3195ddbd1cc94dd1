"""What a pretend vendor remembers: documents by kind and key, in memory and, where a path is given, in SQLite."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]
_GONE: Any = object()


class Store:
    """Documents kept in the order of their arrival. What is read must not be changed in place: put a new document.

    Every change happens inside `transaction()`: all of it is kept, or nothing where the block raises. With a path the
    changes are in the file when the block ends, so a killed process comes back with all that it had committed.
    """

    def __init__(self, path: str | Path | None = None, *, vendor: str = "") -> None:
        self._vendor = vendor
        self._lock = threading.RLock()
        self._depth = 0
        self._documents: dict[str, dict[str, Document]] = {}
        self._pending: dict[tuple[str, str], Any] = {}
        self._file = self._open(path) if path else None

    def _open(self, path: str | Path) -> sqlite3.Connection:
        target = Path(path)
        if target.is_dir() or not target.suffix:
            target.mkdir(parents=True, exist_ok=True)
            target = target / f"{self._vendor or 'sandbox'}.sqlite3"
        connection = sqlite3.connect(target, timeout=10, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        # NORMAL survives the death of the process, which is what is promised, at a tenth of FULL's price.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY, vendor TEXT NOT NULL,"
            " kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (vendor, kind, key))"
        )
        rows = connection.execute(
            "SELECT kind, key, body FROM documents WHERE vendor = ? ORDER BY number", (self._vendor,)
        )
        for kind, key, body in rows:
            self._documents.setdefault(kind, {})[key] = json.loads(body)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the store for one thread and keep or forget its changes together; inner blocks join the outer one."""
        with self._lock:
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._pending.clear()
                raise
            else:
                if self._depth == 1:
                    self._commit()
            finally:
                self._depth -= 1

    def _commit(self) -> None:
        changes, self._pending = self._pending, {}
        if not changes:
            return
        if self._file is not None:
            self._write(self._file, changes)
        for (kind, key), document in changes.items():
            if document is _GONE:
                self._documents.get(kind, {}).pop(key, None)
            else:
                self._documents.setdefault(kind, {})[key] = document

    def _write(self, connection: sqlite3.Connection, changes: dict[tuple[str, str], Any]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for (kind, key), document in changes.items():
                if document is _GONE:
                    connection.execute(
                        "DELETE FROM documents WHERE vendor = ? AND kind = ? AND key = ?", (self._vendor, kind, key)
                    )
                else:
                    connection.execute(
                        "INSERT INTO documents (vendor, kind, key, body) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (vendor, kind, key) DO UPDATE SET body = excluded.body",
                        (self._vendor, kind, key, json.dumps(document, ensure_ascii=False)),
                    )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def get(self, kind: str, key: str) -> Document | None:
        """Return one document, or None."""
        with self._lock:
            if (kind, key) in self._pending:
                found = self._pending[kind, key]
                return None if found is _GONE else found
            return self._documents.get(kind, {}).get(key)

    def all(self, kind: str) -> list[Document]:
        """Return every document of a kind, the oldest first."""
        with self._lock:
            merged = self._documents.get(kind, {})
            changed = {key: document for (of, key), document in self._pending.items() if of == kind}
            if changed:
                merged = {**merged, **changed}
            return [document for document in merged.values() if document is not _GONE]

    def count(self, prefix: str) -> int:
        """Return how many documents there are of all kinds that begin with `prefix`."""
        with self._lock:
            return sum(len(documents) for kind, documents in self._documents.items() if kind.startswith(prefix))

    def put(self, kind: str, key: str, document: Document) -> Document:
        """Keep a document, new or in place of the one of that key, and return it."""
        with self.transaction():
            self._pending[kind, key] = document
        return document

    def delete(self, kind: str, key: str) -> None:
        """Forget a document, if there is one."""
        with self.transaction():
            self._pending[kind, key] = _GONE

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for kind, documents in self._documents.items():
                for key in documents:
                    self._pending[kind, key] = _GONE

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
