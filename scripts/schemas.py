"""Write the JSON Schemas of all messages and documents to ``docs/schemas``, from their structs."""

import json
from pathlib import Path

from models.wire.schemas import STRUCTS, schema

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in STRUCTS:
        (FOLDER / f"{name}.json").write_text(json.dumps(schema(name), indent=2) + "\n")
    print(f"{len(STRUCTS)} schemas in {FOLDER}")


if __name__ == "__main__":
    main()
