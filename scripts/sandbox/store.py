# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import json
import sqlite3
import threading


class Store:
    """Documents by kind and key, kept in a SQLite file.

    :param path: the file, ':memory:' for none.
    """

    def __init__(self, path):
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute(
            'CREATE TABLE IF NOT EXISTS doc (kind, key, body, PRIMARY KEY (kind, key))')

    def __enter__(self):
        "Keep other threads out until the block ends"
        self._lock.acquire()
        return self

    def __exit__(self, *_):
        self._lock.release()

    def get(self, kind, key):
        with self:
            row = self._db.execute(
                'SELECT body FROM doc WHERE kind = ? AND key = ?',
                (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind, key, body):
        with self:
            self._db.execute(
                'INSERT OR REPLACE INTO doc VALUES (?, ?, ?)',
                (kind, key, json.dumps(body, ensure_ascii=False)))
            self._db.commit()
        return body

    def pop(self, kind, key):
        with self:
            body = self.get(kind, key)
            self._db.execute(
                'DELETE FROM doc WHERE kind = ? AND key = ?', (kind, key))
            self._db.commit()
        return body

    def clear(self, kind):
        with self:
            self._db.execute('DELETE FROM doc WHERE kind = ?', (kind,))
            self._db.commit()

    def all(self, kind):
        with self:
            rows = self._db.execute(
                'SELECT body FROM doc WHERE kind = ? ORDER BY rowid', (kind,))
            return [json.loads(body) for body, in rows]
