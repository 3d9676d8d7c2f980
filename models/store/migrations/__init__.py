"""The history of the schema, one file a step; run by `models.store.migrate`."""
