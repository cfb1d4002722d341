"""How the words of the town's texts are read, for search."""

from typing import Any

from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Change, Sql
from tour.db.plain import marked
from tour.words.readings import words_in

BATCH = 200
TEXTS = {
    "site": ("name", "summary", "description", "access_note", "address"),
    "programme": ("title", "summary"),
}
WORD = Sql(
    """CREATE TABLE word (
        id {id},
        surface VARCHAR(40) NOT NULL,
        reading VARCHAR(80) NOT NULL,
        normal VARCHAR(80) NOT NULL,
        UNIQUE (surface, reading, normal)
    )"""
)


class LearnWords(Change):
    """Read the texts that are there; some seconds for thousands of places."""

    async def make(self, client: Any) -> None:
        texts = []
        for table, columns in TEXTS.items():
            rows = await client.execute_query_dict(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - our own names
            texts += [row[column] for row in rows for column in columns if row[column]]
        words = sorted({(w.surface, w.reading, w.normal) for w in words_in(texts)})
        for start in range(0, len(words), BATCH):
            batch = words[start : start + BATCH]
            values = ", ".join(
                f"(${3 * n + 1}, ${3 * n + 2}, ${3 * n + 3})" for n in range(len(batch))
            )
            statement = f"INSERT INTO word (surface, reading, normal) VALUES {values}"  # noqa: S608 - our own names
            flat = [value for word in batch for value in word]
            await client.execute_query(marked(statement, client), flat)


class Migration(TortoiseMigration):
    dependencies = [("models", "0018_at_the_door")]
    operations = [WORD, LearnWords()]
