"""Drafts a migration from the difference between the migrations so far and models/store/tables.py.

    python scripts/new_migration.py 0009 "Releases get a channel"

The draft is to be read and cleaned: names of indexes, defaults for rows that exist, and no step that locks a big table.
"""

import sys
import tempfile
from pathlib import Path

from alembic.command import revision

from models.store.engine import open_engine
from models.store.migrate import alembic_config, migrate


def main(number: str, message: str) -> None:
    """Write the draft into models/store/migrations/versions."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'draft.db'}")
        migrate(engine)
        with engine.connect() as connection:
            revision(alembic_config(connection), message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
