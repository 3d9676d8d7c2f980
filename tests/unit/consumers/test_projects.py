"""The consumers' projects come from the store, and are remembered for a moment."""

from consumers.projects import Projects
from models.domain.project import Project, ProjectSettings
from models.store import tables
from tests.fakes.consuming import create_project
from tests.fakes.store import FakeStore


def apply(store: FakeStore, version: int, document: str) -> None:
    row = {"project": "shop", "version": version, "document": document, "applied_by": "ada", "applied_at": 0}
    with store.begin() as unit:
        unit.insert_new(tables.project_settings, [row])


def test_a_project_that_does_not_exist_is_left_out() -> None:
    """And found as soon as it is made; a name that no database takes is nobody's."""
    store = FakeStore()
    projects = Projects(store, 3_600)
    assert projects.named({"shop", "", "sh\x00op"}) == {}
    create_project(store)
    assert projects.named({"shop"}) == {"shop": Project(b"key of shop")}


def test_new_settings_hold_once_what_was_remembered_is_stale() -> None:
    """Until then a batch costs no query."""
    store = FakeStore()
    create_project(store)
    remembering, forgetting = Projects(store, 3_600), Projects(store, 0)
    before = dict(remembering.named({"shop"}))
    apply(store, 1, "[quotas]\nerror = 7")
    assert remembering.named({"shop"}) == before
    assert forgetting.named({"shop"})["shop"].settings == ProjectSettings(1, quotas={"error": 7})


def test_a_document_of_a_later_version_stops_nobody() -> None:
    """What is understood of it holds."""
    store = FakeStore()
    create_project(store)
    apply(store, 1, "[quotas]\nerror = 7\n[sampling]\nerror = 0.5")
    assert Projects(store).named({"shop"})["shop"].settings == ProjectSettings(1, quotas={"error": 7})
